"""The standard names of a site as a CSV table, out and in again: a row for each rule.

A name without rules has one row with empty field, kind and pattern. What begins like a formula of
a spreadsheet is written with an apostrophe before it, which is taken off again on the way in.
"""

import csv
import io
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kerma.errors import KermaError
from kerma.store import audit, name_book
from kerma.store.models import StandardName, StandardNameRule
from kerma.store.name_book import FIELDS_OF, LONGEST_NAME, levels_of
from kerma.store.name_patterns import PatternError, check
from kerma.store.names import fold

COLUMNS = (
    "modality", "level", "standard_name", "field", "kind", "pattern", "precedence",
    "radlex_code", "loinc_code", "comment",
)  # fmt: skip
_NEEDED = COLUMNS[:3]
MODALITIES = ("CT", "RF", "DX", "MG", "NM")
MOST_ROWS = 50_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TableRefused(KermaError):
    """The text is no such table at all."""


class Row(NamedTuple):
    """One line of the table."""

    modality: str
    level: str
    standard_name: str
    field: str = ""
    kind: str = ""
    pattern: str = ""
    precedence: int = 100
    radlex_code: str = ""
    loinc_code: str = ""
    comment: str = ""


class Fault(NamedTuple):
    """What is wrong with a line."""

    line: int
    sentence: str


class Read(NamedTuple):
    """A table as it was read."""

    rows: list[Row]
    faults: list[Fault]


class Outcome(NamedTuple):
    """What a table changes, or would change."""

    names_added: int
    rules_added: int
    names_removed: int
    rules_removed: int


def write() -> str:
    """Return all names with their rules."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    names = StandardName.objects.order_by("modality", "-level", "name").prefetch_related("rules")
    for one in names:
        for row in _rows_of(one):
            table.writerow([_safe(str(cell)) for cell in row])
    return out.getvalue()


def _rows_of(one: StandardName) -> list[Row]:
    codes = (one.radlex_code, one.loinc_code, one.comment)
    rules = sorted(one.rules.all(), key=lambda r: (r.precedence, r.kind, r.field, r.pattern))
    return [
        Row(one.modality, one.level, one.name, r.field, r.kind, r.pattern, r.precedence, *codes)
        for r in rules
    ] or [Row(one.modality, one.level, one.name, "", "", "", 100, *codes)]


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


def read(text: str) -> Read:
    """Return the rows of a table, and every line that cannot be used.

    Commas, semicolons and tabs are taken as separators, whichever the heading has.

    Raises
    ------
    TableRefused
        If it is empty, too long, or its heading lacks a column that must be there.
    """
    text = text.removeprefix("\ufeff")
    heading = text.partition("\n")[0]
    if not heading.strip():
        raise TableRefused("The file is empty. The first line must name the columns.")
    separator = max(",;\t", key=heading.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        names = [cell.strip().casefold() for cell in next(lines)]
        missing = [name for name in _NEEDED if name not in names]
        if missing:
            raise TableRefused(
                f"The first line lacks {', '.join(missing)}. Columns: {', '.join(COLUMNS)}."
            )
        return _read(lines, names)
    except csv.Error as error:
        raise TableRefused(f"This is not a CSV table: {error}.") from None


def _read(lines: Any, names: list[str]) -> Read:
    found = Read([], [])
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(found.rows) + len(found.faults) >= MOST_ROWS:
            raise TableRefused(f"The table has more than {MOST_ROWS:,} lines; split it.")
        given = {n: _plain(c) for n, c in zip(names, cells, strict=False) if n in COLUMNS}
        try:
            found.rows.append(_row(given))
        except (name_book.NameRefused, PatternError) as error:
            found.faults.append(Fault(lines.line_num, str(error)))
    return found


def _row(given: dict[str, str]) -> Row:
    """Return one line, checked as the pages check it."""
    modality, level = given["modality"].upper(), given["level"].casefold()
    name = " ".join(given.get("standard_name", "").split())
    _check(modality, MODALITIES, "modality")
    _check(level, levels_of(modality), "level")
    if not 0 < len(name) <= LONGEST_NAME:
        raise name_book.NameRefused(f"standard_name must have 1 to {LONGEST_NAME} characters.")
    codes = (given.get("radlex_code", ""), given.get("loinc_code", ""), given.get("comment", ""))
    pattern = given.get("pattern", "")
    if not pattern:
        return Row(modality, level, name, "", "", "", 100, *codes)
    field, kind = given.get("field", ""), given.get("kind", "") or StandardNameRule.Kind.EXACT.value
    _check(field, FIELDS_OF[level], "field")
    _check(kind, StandardNameRule.Kind.values, "kind")
    if kind == StandardNameRule.Kind.REGEX:
        check(pattern)
    else:
        pattern = " ".join(pattern.split())
    return Row(modality, level, name, field, kind, pattern, _precedence(given), *codes)


def _check(given: str, known: Iterable[str], column: str) -> None:
    wanted = tuple(known)
    if given not in wanted:
        raise name_book.NameRefused(f"{column} must be {' or '.join(wanted)}, not {given!r}.")


def _precedence(given: dict[str, str]) -> int:
    text = given.get("precedence", "") or "100"
    if not text.removeprefix("-").isdecimal() or len(text) > 6:
        raise name_book.NameRefused(f"precedence must be a whole number, not {text!r}.")
    return int(text)


def enter(
    rows: list[Row], *, replace: bool, user: AbstractBaseUser | None = None, try_only: bool = False
) -> Outcome:
    """Put the rows in, all or none; `replace` removes what they do not name.

    `try_only` changes nothing and returns what would be changed.
    """
    with transaction.atomic():
        outcome = _enter(rows, replace=replace)
        if try_only:
            transaction.set_rollback(True)
            return outcome
        audit.write(user, "import standard names", replaced=replace, **outcome._asdict())
        name_book.touch(user)
        return outcome


@transaction.atomic
def fill(rows: list[Row]) -> Outcome:
    """Add the rows without telling anybody, for a site that is just being made."""
    return _enter(rows, replace=False)


def _enter(rows: list[Row], *, replace: bool) -> Outcome:
    before = _there()
    if replace:
        kept = {(row.modality, row.level, fold(row.standard_name)) for row in rows}
        gone = [
            one.pk
            for one in StandardName.objects.all()
            if (one.modality, one.level, fold(one.name)) not in kept
        ]
        StandardName.objects.filter(pk__in=gone).delete()
        StandardNameRule.objects.all().delete()
    known = {(one.modality, one.level, fold(one.name)): one for one in StandardName.objects.all()}
    rules = {_rule_key(rule): rule for rule in StandardNameRule.objects.all()}
    for row in rows:
        _enter_row(row, known, rules)
    names, rule_keys = _there()
    return Outcome(
        len(names - before[0]),
        len(rule_keys - before[1]),
        len(before[0] - names),
        len(before[1] - rule_keys),
    )


def _enter_row(
    row: Row,
    known: dict[tuple[str, str, str], StandardName],
    rules: dict[tuple[object, ...], StandardNameRule],
) -> None:
    key = (row.modality, row.level, fold(row.standard_name))
    codes = {name: getattr(row, name) for name in COLUMNS[7:] if getattr(row, name)}
    owner = known.get(key)
    if owner is None or any(getattr(owner, name) != text for name, text in codes.items()):
        owner = name_book.name(row.modality, row.level, row.standard_name, **codes)
        known[key] = owner
    if not row.pattern:
        return
    rule = StandardNameRule(
        standard_name=owner, field=row.field, kind=row.kind, pattern=row.pattern,
        precedence=row.precedence,
    )  # fmt: skip
    there = rules.setdefault(_rule_key(rule), rule)
    if there is rule or there.precedence != row.precedence:
        there.precedence = row.precedence
        there.save()


def _rule_key(rule: StandardNameRule) -> tuple[object, ...]:
    is_exact = rule.kind == StandardNameRule.Kind.EXACT
    pattern = fold(rule.pattern) if is_exact else rule.pattern
    return (rule.standard_name_id, rule.field, rule.kind, pattern)


def _there() -> tuple[set[object], set[object]]:
    names: set[object] = set(StandardName.objects.values_list("modality", "level", "name"))
    rules: set[object] = set(
        StandardNameRule.objects.values_list(
            "standard_name__modality", "standard_name__level", "standard_name__name",
            "field", "kind", "pattern", "precedence",
        )
    )  # fmt: skip
    return names, rules

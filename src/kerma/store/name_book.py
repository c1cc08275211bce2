"""The standard names of a site, changed: every change is audited, stamped, and applied later on.

Whoever changes names or rules does it here, so that imports learn of it at once, and stored
studies in the background.
"""

import secrets
import time
from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kerma.errors import KermaError
from kerma.store import audit, jobs, options
from kerma.store.models import StandardName, StandardNameRule
from kerma.store.name_patterns import check
from kerma.store.names import ACQUISITION_FIELD, STUDY_FIELDS, WITH_ACQUISITIONS, fold

APPLY = "apply-names"
"""The job that gives stored studies their names."""

LONGEST_NAME = 100

FIELDS_OF = {
    StandardName.Level.STUDY.value: STUDY_FIELDS,
    StandardName.Level.ACQUISITION.value: (ACQUISITION_FIELD,),
}
"""Level -> fields whose texts lead to names of this level."""


class NameRefused(KermaError):
    """A standard name or a rule that cannot be kept; the sentence says why."""


def levels_of(modality: str) -> tuple[str, ...]:
    """Return the levels at which a modality has names."""
    every = tuple(FIELDS_OF)
    return every if modality in WITH_ACQUISITIONS else every[:1]


def touch(user: AbstractBaseUser | None = None, *, apply: bool = True) -> None:
    """Let every process read the mapping anew, and stored studies be given their names."""
    options.put("names_stamp", f"{time.time_ns()}-{secrets.token_hex(4)}")
    if apply:
        jobs.enqueue(APPLY, "Apply standard names", user=user)


@transaction.atomic
def name(modality: str, level: str, text: str, **fields: str) -> StandardName:
    """Return the standard name of this text, made if there is none; `fields` are set if given.

    Names that differ only in upper and lower case or in white space are one.
    """
    wanted = " ".join(text.split())
    if not wanted:
        raise NameRefused("A standard name needs at least one letter.")
    if len(wanted) > LONGEST_NAME:
        raise NameRefused(
            f"The name has {len(wanted)} characters; at most {LONGEST_NAME} are possible."
        )
    if level not in levels_of(modality):
        raise NameRefused(f"{modality} studies have no standard names for {level}s.")
    same = StandardName.objects.filter(modality=modality, level=level)
    found = next((one for one in same if fold(one.name) == fold(wanted)), None)
    if found is None:
        found = StandardName.objects.create(modality=modality, level=level, name=wanted)
    given = {key: value for key, value in fields.items() if getattr(found, key) != value}
    for key, value in given.items():
        setattr(found, key, value)
    if given:
        found.save(update_fields=list(given))
    return found


@transaction.atomic
def add_rule(
    owner: StandardName,
    field: str,
    pattern: str,
    kind: str = StandardNameRule.Kind.EXACT,
    precedence: int = 100,
) -> tuple[StandardNameRule, bool]:
    """Let a text, or what a pattern meets, lead to a name; return the rule and whether it is new.

    Raises
    ------
    NameRefused, PatternError
    """
    text = " ".join(pattern.split()) if kind == StandardNameRule.Kind.EXACT else pattern
    if not text.strip():
        raise NameRefused("A rule needs a text to compare with.")
    if field not in FIELDS_OF[owner.level]:
        raise NameRefused(f"Names for {owner.level}s are not found by the {field}.")
    if kind == StandardNameRule.Kind.REGEX:
        check(text)
    rules = StandardNameRule.objects.filter(standard_name=owner, field=field, kind=kind)
    for rule in rules:
        if rule.pattern == text or (
            kind == StandardNameRule.Kind.EXACT and fold(rule.pattern) == fold(text)
        ):
            if rule.precedence != precedence:
                rule.precedence = precedence
                rule.save(update_fields=["precedence"])
            return rule, False
    made = StandardNameRule.objects.create(
        standard_name=owner, field=field, kind=kind, pattern=text, precedence=precedence
    )
    return made, True


@transaction.atomic
def assign(
    owner: StandardName, field: str, texts: Iterable[str], user: AbstractBaseUser | None = None
) -> int:
    """Let exact texts lead to a name, and to no other; return how many are new.

    An exact rule of another name for the same text is removed: it would go on holding.
    """
    wanted = {fold(text): text for text in texts if text.strip()}
    others = StandardNameRule.objects.filter(
        standard_name__modality=owner.modality,
        standard_name__level=owner.level,
        field=field,
        kind=StandardNameRule.Kind.EXACT,
    ).exclude(standard_name=owner)
    superseded = [rule.pk for rule in others if fold(rule.pattern) in wanted]
    StandardNameRule.objects.filter(pk__in=superseded).delete()
    added = sum(add_rule(owner, field, text)[1] for text in wanted.values())
    if added or superseded:
        audit.write(
            user, "assign standard name", modality=owner.modality, level=owner.level,
            name=owner.name, field=field, texts=len(wanted),
        )  # fmt: skip
        touch(user)
    return added

"""Texts of objects in, texts that a spreadsheet shows and never runs out."""

import re
from collections.abc import Sequence

_RUNS = frozenset("=+-@\t\r\n＝＋－＠")
"""A text that opens with one of these may be taken for a formula; the last four are full width."""

_ANY_RUNS = re.compile("(?:^|\0)[=+\\-@\t\r\n＝＋－＠]")

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 (2.2) has no place for."""

LONGEST = 32_767
"""Characters in a cell of a workbook; one beyond the basic plane of Unicode counts as two."""


def runs(text: str) -> bool:
    """Return whether a spreadsheet may take a text for a formula."""
    return text[:1] in _RUNS and text != ""


def guarded(text: str) -> str:
    """Return a text for csv; an apostrophe before it keeps a spreadsheet from running it."""
    return f"'{text}" if runs(text) else text


def guarded_column(texts: Sequence[str | None]) -> Sequence[str | None]:
    """Return the texts of a column so, at once where none needs it."""
    if _ANY_RUNS.search("\0".join(filter(None, texts))) is None:
        return texts
    return [guarded(text) if text else text for text in texts]


def legal(text: str) -> str:
    """Return a text for a workbook: no characters that XML cannot hold, cut to what a cell takes.

    Line ends of any kind become a line feed.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = _ILLEGAL.sub("�", text)
    return clean if len(clean) <= LONGEST // 2 else _cut(clean, LONGEST)


def _cut(text: str, units: int) -> str:
    """Return as much of a text as takes so many units of UTF-16."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")


_NAME = 31
"""Characters in the name of a sheet."""
_IN_NAMES = str.maketrans("[]:*?/\\ ", "();#;||_")
"""What names of sheets may not contain, and spaces, as users of older systems know them."""
_RESERVED = frozenset({"summary", "history"})
"""Names taken by a sheet of ours, and by Excel; others of ours contain a space."""


def sheet_name(text: str) -> str:
    """Return a text as the name of a sheet: safe, in lower case, at most 31 characters.

    Texts that differ in case alone, or only beyond that length, share a sheet.
    """
    name = re.sub(r"\s", "_", _ILLEGAL.sub("", text)).translate(_IN_NAMES).lower()
    name = _cut(name, _NAME)
    name = re.sub("^'|'$", "_", name)
    if not name:
        return "unknown"
    return f"{name}_" if name in _RESERVED else name

"""Terms that a description or a station name must hold, or must not."""

from collections.abc import Sequence


def objection(value: str, what: str, include: Sequence[str], exclude: Sequence[str]) -> str:
    """Return why a value does not pass, in a sentence; "" if it passes.

    Terms are parts of the value, in whatever letter case. Where there is no value it passes: the
    node may only not have said it.
    """
    folded = " ".join(value.casefold().split())
    if not folded:
        return ""
    for term in filter(None, map(_folded, exclude)):
        if term in folded:
            return f"Its {what} holds the excluded term “{term}”."
    wanted = [term for term in map(_folded, include) if term]
    if wanted and not any(term in folded for term in wanted):
        listed = ", ".join(f"“{term}”" for term in wanted)
        return f"Its {what} holds none of the terms wanted: {listed}."
    return ""


def _folded(term: str) -> str:
    return " ".join(term.casefold().split())

"""Regular expressions that people write for names, checked so that none can hold up an import.

Python's `re` has no limit of time, and a pattern such as `(a+)+$` takes longer than the universe
is old on a text of fifty letters. So what can grow like that is refused when it is written:
repeated groups that hold a repetition or a choice, references back, and looks ahead or behind.
What is left grows with a power of the length of the text; the number of repetitions is limited,
texts are cut at `LONGEST_TEXT` characters (DICOM allows 64 in these attributes), and the pattern
is tried on texts that grow until it is either done or too slow.
"""

import re
import time
from collections.abc import Iterator
from functools import lru_cache

from kerma.errors import KermaError

LONGEST_TEXT = 128
"""Characters of a text that patterns look at."""
LONGEST_PATTERN = 200
_MOST_REPEATS = 3
_MOST_OPTIONAL = 6
_SLOW_S = 0.05
_LENGTHS = (8, 16, 32, 64, LONGEST_TEXT)


class PatternError(KermaError):
    """A pattern that cannot be used; the sentence says why and what to do."""


@lru_cache(maxsize=2000)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern, upper and lower case alike."""
    return re.compile(pattern, re.IGNORECASE)


def matches(pattern: re.Pattern[str], text: str) -> bool:
    """Return whether the pattern is found anywhere in the text."""
    return pattern.search(text[:LONGEST_TEXT]) is not None


def check(pattern: str) -> None:
    """Refuse a pattern that is no regular expression, meets every text, or could be slow.

    Raises
    ------
    PatternError
    """
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(
            f"The pattern has {len(pattern)} characters; at most {LONGEST_PATTERN} are possible. "
            "Make two of it."
        )
    _check_shape(pattern)
    try:
        regex = compiled(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(f"{pattern!r} is no regular expression: {error}.") from None
    if regex.search("") is not None:
        raise PatternError(
            f"{pattern!r} is met by the empty text, so by every text. Say what must be there."
        )
    _check_pace(pattern, regex)


def _check_pace(pattern: str, regex: re.Pattern[str]) -> None:
    """Try the pattern on texts that grow, and stop at the first that takes too long."""
    for unit in _units(pattern):
        for length in _LENGTHS:
            text = (unit * length)[:length]
            began = time.perf_counter()
            regex.search(text)
            if time.perf_counter() - began > _SLOW_S:
                raise PatternError(
                    f"{pattern!r} takes long on texts of {length} characters. "
                    "Use fewer of * and +, or begin it with ^."
                )


def _units(pattern: str) -> list[str]:
    """Return texts whose repetition makes a pattern try most."""
    literal = "".join(char for char in pattern if char.isalnum() or char == " ")
    return list(dict.fromkeys(["a", "0", " ", "a ", "_", *literal[:20], literal or "a"]))


def _check_shape(pattern: str) -> None:
    """Refuse what could take a time that doubles with each character."""
    groups = [False]
    """For each open group, outermost first, whether it holds a choice or a repetition."""
    closed: bool | None = None
    """Whether the group just closed did; None after anything else."""
    repeats = optional = 0
    for token in _tokens(pattern):
        before, closed = closed, None
        if token.startswith("(?") and token != "(?:":
            raise PatternError(f"{token}…) is not possible here; of (?…) only (?:…) is.")
        if token.startswith("\\") and token[1:2] in "123456789gk":
            raise PatternError(f"{token} refers back to a group, which is not possible here.")
        if token.startswith("("):
            groups.append(False)
        elif token == ")" and len(groups) > 1:
            closed = groups.pop()
            groups[-1] = groups[-1] or closed
        elif token == "|":
            groups[-1] = True
        elif token[0] in "*+?{":
            if token != "?" and before:
                raise PatternError(
                    f"{pattern!r} repeats a group that itself holds |, ?, * or +, which can take "
                    "endless time. Write the group out, or make two patterns."
                )
            optional += token == "?"
            repeats += token != "?" and not token[1:-1].isdecimal()
            groups[-1] = True
    if repeats > _MOST_REPEATS or optional > _MOST_OPTIONAL:
        raise PatternError(
            f"{pattern!r} has {repeats} repetitions and {optional} optional parts; at most "
            f"{_MOST_REPEATS} and {_MOST_OPTIONAL} are possible. Make two patterns of it."
        )


_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?:|\(\?.|[*+?][?+]?|\{\d*,?\d*\}[?+]?|.", re.DOTALL
)


def _tokens(pattern: str) -> Iterator[str]:
    """Return the parts of a pattern: escapes, sets, brackets, quantifiers without ? or +."""
    for found in _TOKEN.finditer(pattern):
        token = found[0]
        if token[0] in "*+?{" and len(token) > 1 and token[-1] in "?+":
            token = token[:-1]
        yield token

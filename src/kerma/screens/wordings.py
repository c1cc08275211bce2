"""Two texts in, whether it matters which of them stands there out: a digit or sign does.

Which word it is, the table sees: an unknown one is an unknown heading.
"""

_LONG = 3
"""Letters of a word that is no number, whatever else may be read."""


def is_as_good(one: str, other: str) -> bool:
    """Whether it is no matter which of two texts it is: that with fewer letters will be taken."""
    if is_long_word(one) and is_long_word(other):
        return True
    return all(map(is_word, differing(one, other))) and len(one) != len(other)


def differing(one: str, other: str) -> tuple[str, str]:
    """Return what is left of two texts without their common beginning and end."""
    start = _common(one, other)
    one, other = one[start:], other[start:]
    end = _common(one[::-1], other[::-1])
    return one[: len(one) - end], other[: len(other) - end]


def _common(one: str, other: str) -> int:
    """Return how many letters two texts begin with alike."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def is_word(text: str) -> bool:
    """Whether there are letters and no digits; a sign in a word is no matter."""
    return any(map(str.isalpha, text)) and not any(map(str.isdigit, text))


def is_long_word(text: str) -> bool:
    """Whether it is no number, whatever else may be read."""
    return is_word(text) and letters(text) >= _LONG


def letters(text: str) -> int:
    """Return how many letters of the alphabet are in a text."""
    return sum(map(str.isalpha, text))

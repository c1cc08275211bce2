"""Who belongs with whom: the weight and age bands of children, and adults.

Bands: PiDRL, as given by J. Damilakis to the ICRP consultation on Publication 135 (the grouping of
European Commission, Radiation Protection 185): examinations of the body by weight, of the head by
age; where the weight of a child is not known, the ages held to be equivalent stand in.
"""

from typing import NamedTuple

ADULT_FROM_YEARS = 18.0

_MONTH = 1 / 12


class Band(NamedTuple):
    """One group of patients; `low` is in it, `high` is not."""

    key: str
    label: str
    low: float
    high: float


WEIGHT = (
    Band("w5", "< 5 kg", 0.0, 5.0),
    Band("w15", "5 to < 15 kg", 5.0, 15.0),
    Band("w30", "15 to < 30 kg", 15.0, 30.0),
    Band("w50", "30 to < 50 kg", 30.0, 50.0),
    Band("w80", "50 to < 80 kg", 50.0, 80.0),
)
"""In kg, for examinations of the body of children."""

AGE = (
    Band("a3m", "< 3 months", 0.0, 3 * _MONTH),
    Band("a1", "3 months to < 1 year", 3 * _MONTH, 1.0),
    Band("a6", "1 to < 6 years", 1.0, 6.0),
    Band("a18", "6 years and more", 6.0, ADULT_FROM_YEARS),
)
"""In years, for examinations of the head of children."""

_EQUIVALENT = (_MONTH, 4.0, 10.0, 14.0, ADULT_FROM_YEARS)
"""Upper ends in years of the ages equivalent to the bands of weight."""

HEAVY = Band("w80+", "child, 80 kg and more", 80.0, float("inf"))
"""Children that no band of the publication covers."""

LABELS = {"": "adults"} | {band.key: band.label for band in (*WEIGHT, *AGE, HEAVY)}

_HEAD_WORDS = ("head", "brain", "skull", "cranial", "cranium", "cerebr", "neuro", "sinus", "face",
               "facial", "orbit", "temporal bone", "petrous")  # fmt: skip


def band_of(age_years: float | None, weight_kg: float | None, *, head: bool) -> str:
    """Return the key of the band, "" for adults and for those whose age is not known."""
    if age_years is None or age_years >= ADULT_FROM_YEARS:
        return ""
    if head:
        return _within(AGE, age_years).key
    if weight_kg is not None and weight_kg > 0:
        return _within(WEIGHT, weight_kg).key
    return next(band.key for band, end in zip(WEIGHT, _EQUIVALENT, strict=True) if age_years < end)


def is_head(regions: str, name: str = "") -> bool:
    """Return whether an examination is one of the head: by its regions, or else by its name.

    `regions` are target regions, one a line; all of them must be of the head.
    """
    lines = regions.casefold().splitlines()
    texts = lines or [name.casefold()]
    return all(any(word in text for word in _HEAD_WORDS) for text in texts)


def _within(bands: tuple[Band, ...], value: float) -> Band:
    return next((band for band in bands if value < band.high), HEAVY)

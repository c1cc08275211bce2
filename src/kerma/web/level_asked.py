"""The filter of the page of typical values: an address in, what is asked out, and back."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from django.urls import reverse
from django.utils.http import urlencode

from kerma.query.columns import HEADINGS
from kerma.query.reference_levels.quantities import OF_LEVEL
from kerma.query.reference_levels.typical import Asked
from kerma.store.models import Study, System


class LevelAddress(NamedTuple):
    """What the page shows, and what of the address could not be read."""

    asked: Asked
    year: int
    wrong: str = ""

    @property
    def pairs(self) -> dict[str, str]:
        """Return what the address says, without what goes without saying."""
        asked = self.asked
        pairs = {
            "modality": asked.modality,
            "level": asked.level,
            "year": str(self.year),
            "system": str(asked.system or ""),
            "by": "description" if asked.by_description else "",
            "kg_min": _number(asked.adults_from_kg),
            "kg_max": _number(asked.adults_to_kg),
        }
        return {name: text for name, text in pairs.items() if text}

    def address(self, **changes: str) -> str:
        """Return the address of the page about the same, but for the changes."""
        pairs = {name: text for name, text in (self.pairs | changes).items() if text}
        return f"{reverse('levels')}?{urlencode(pairs)}"


def read(given: Mapping[str, str]) -> LevelAddress:
    """Return what an address asks for; what cannot be read is named and left out."""
    wrong: list[str] = []
    modality = given.get("modality", "")
    modality = modality if modality in HEADINGS else "CT"
    levels = levels_of(modality)
    level = given.get("level", "")
    level = level if level in levels else levels[0]
    year = _year(given.get("year", ""), modality, wrong)
    asked = Asked(
        modality,
        dt.date(year, 1, 1),
        dt.date(year, 12, 31),
        level,
        _system(given.get("system", "")),
        by_description=given.get("by", "") == "description",
        adults_from_kg=_kilograms(given.get("kg_min", ""), wrong),
        adults_to_kg=_kilograms(given.get("kg_max", ""), wrong),
    )
    return LevelAddress(asked, year, " ".join(wrong))


def levels_of(modality: str) -> list[str]:
    """Return the levels at which quantities of a modality are compared."""
    return [level for of, level in OF_LEVEL if of == modality]


def newest_year(modality: str) -> int:
    """Return the year of the newest study of a modality, or else this year."""
    newest = Study.objects.filter(modality=modality).order_by("-date_time").first()
    if newest is None or newest.date_time.year < _FIRST_YEAR:
        return dt.date.today().year  # noqa: DTZ011 - the site's own year
    return int(newest.date_time.year)


_FIRST_YEAR = 1970


def _year(text: str, modality: str, wrong: list[str]) -> int:
    if text.isdecimal() and _FIRST_YEAR <= int(text[:6]) <= 2200:
        return int(text)
    if text:
        wrong.append(f"The year must be one such as 2026, not {text!r}.")
    return newest_year(modality)


def _system(text: str) -> int | None:
    if text.isdecimal() and len(text) < 10 and System.objects.filter(pk=int(text)).exists():
        return int(text)
    return None


def _kilograms(text: str, wrong: list[str]) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 < value < 1000:
        wrong.append(f"The mass must be a number of kilograms, not {text!r}.")
        return None
    return value


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"

"""Standard names beside the procedures of published sets: what is linked, and what would fit."""

from typing import NamedTuple

from kerma.query.name_coverage import most_similar
from kerma.query.reference_levels.sets import LevelSet, series_of
from kerma.store.models import ReferenceLink, StandardName


class Choice(NamedTuple):
    """One standard name beside one series."""

    name: StandardName
    procedure: str
    """Key of the procedure linked, "" if none is."""
    suggestion: str
    """Key of the most similar procedure, "" if none is similar or one is linked."""


class Linked(NamedTuple):
    """One series, in its newest version, with every name that may be linked."""

    version: LevelSet
    choices: list[Choice]

    @property
    def linked(self) -> int:
        """Return how many names are linked."""
        return sum(choice.procedure != "" for choice in self.choices)


def linked(modality: str, level: str) -> list[Linked]:
    """Return the series for a modality and level, those in force first, with suggestions."""
    names = list(StandardName.objects.filter(modality=modality, level=level).order_by("name"))
    links = {
        (link.standard_name_id, link.level_set): link.procedure
        for link in ReferenceLink.objects.filter(standard_name__in=names)
    }
    versions = sorted(series_of(modality, level).values(), key=lambda one: one.is_over)
    return [
        Linked(version, [_choice(name, version, links) for name in names]) for version in versions
    ]


def _choice(name: StandardName, version: LevelSet, links: dict[tuple[int, str], str]) -> Choice:
    key = links.get((name.pk, version.series), "")
    return Choice(name, key, "" if key else suggested(name.name, version))


_CHILD_WORDS = ("child", "paed", "pediatric", "infant", "baby", "neonat")


def suggested(name: str, version: LevelSet) -> str:
    """Return the key of the procedure whose label is most like the name."""
    of_child = any(word in name.casefold() for word in _CHILD_WORDS)
    procedures = [one for one in version.procedures.values() if bool(one.band) == of_child]
    place = most_similar(name, [one.label.partition(",")[0] for one in procedures])
    if place is None:
        place = most_similar(name, [one.label for one in procedures])
    return "" if place is None else procedures[place].key

"""Kinds of objects, and what the site keeps of each: its own copies, and files it may delete.

A copy is Kerma's own: identity and pixel data are out of it. A received object lies in the spool
until it is stored and then goes, whatever its kind. A user's file goes only by `--delete`.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from kerma.store import options
from kerma.store.models import Source

UNUSED = "unused"
"""Name of the kind of objects that carry no dose, of which no copy is ever kept."""

_WEIGHED = 500
"""Copies of a kind that are weighed; the size of all is estimated by them."""


class Kind(NamedTuple):
    """Objects that are treated alike."""

    name: str
    label: str
    sources: tuple[str, ...]
    """Kinds of `Source`; none for what is not stored."""

    @property
    def keep(self) -> str:
        """Name of the choice whether copies are kept."""
        return f"keep_{self.name}"

    @property
    def delete(self) -> str:
        """Name of the choice whether `--delete` deletes the file."""
        return f"delete_{self.name}"


KINDS = (
    Kind(
        "reports",
        "Dose reports",
        (
            "CT RDSR", "RF RDSR", "DX RDSR", "MG RDSR", "NM RRDSR", "enhanced RDSR",
            "patient dose SR", "enhanced SR", "manual", "estimated",
        ),
    ),
    Kind("mammography", "Mammography images", ("MG image",)),
    Kind("radiography", "Radiography images", ("DX image",)),
    Kind("nuclear", "Nuclear medicine images", ("NM image", "PT image")),
    Kind("screens", "Dose screens of CT scanners", ("Philips CT dose info", "CT dose screen")),
)  # fmt: skip
NOTHING = Kind(UNUSED, "Objects without dose", ())


class Held(NamedTuple):
    """The copies of a kind that are kept now."""

    kind: Kind
    is_kept: bool
    """Whether the site keeps copies of what arrives."""
    objects: int
    size_bytes: float
    is_estimate: bool


def held() -> list[Held]:
    """Return what is kept of every kind now."""
    counts = dict(_copies().values_list("kind").annotate(Count("pk")).order_by())
    keeps = options.several(*(kind.keep for kind in KINDS))
    return [_held(kind, counts, is_kept) for kind, is_kept in zip(KINDS, keeps, strict=True)]


def unwanted() -> "QuerySet[Source]":
    """Return the sources with a copy of a kind that the site keeps no more, in order."""
    keeps = options.several(*(kind.keep for kind in KINDS))
    wanted = Q()
    for kind, is_kept in zip(KINDS, keeps, strict=True):
        if not is_kept:
            wanted |= Q(kind__in=kind.sources)
    return _copies().filter(wanted).order_by("pk") if wanted else Source.objects.none()


def _held(kind: Kind, counts: dict[str, int], is_kept: bool) -> Held:
    objects = sum(counts.get(name, 0) for name in kind.sources)
    weights = list(_weights(kind)) if objects else []
    mean = sum(weights) / len(weights) if weights else 0.0
    return Held(kind, is_kept, objects, mean * objects, is_estimate=objects > _WEIGHED)


def _weights(kind: Kind) -> Iterator[int]:
    paths = _copies().filter(kind__in=kind.sources).order_by("-pk").values_list("path", flat=True)
    for path in paths[:_WEIGHED]:
        try:
            yield (settings.KERMA_HOME / "objects" / path).stat().st_size
        except OSError:
            yield 0


def _copies() -> "QuerySet[Source]":
    return Source.objects.exclude(path="")

"""Which level stands for a standard name: the site's own, or that of the sets it is linked to."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Q

from kerma.query.reference_levels.bands import band_of, is_head
from kerma.query.reference_levels.quantities import OF_LEVEL, QUANTITIES, Quantity, by_measure
from kerma.query.reference_levels.sets import LevelSet, Procedure, in_force
from kerma.store.models import ReferenceLink, SiteReferenceLevel, StandardName, Study

SITE = "site"
"""What stands for the name of a set where a level is the site's own."""


class Reference(NamedTuple):
    """One level that holds for a standard name on a day."""

    quantity: str
    """As stored, e.g. `dap_gym2`; `value` is in its unit."""
    value: float
    origin: str
    """Series of the set, or `site`."""
    label: str
    """For a legend: "United Kingdom 2022", "Site"."""
    procedure: str
    """What the set calls the examination; the standard name for a level of the site."""
    source: str
    phantom_cm: int | None
    """16, 32, or None: not stated, or not CT."""
    band: str
    guide: float | None = None

    @property
    def shown(self) -> float:
        """Return the value in the unit in which it is shown."""
        return self.value * self.of.factor

    @property
    def of(self) -> Quantity:
        """Return what is known of the quantity."""
        return QUANTITIES[self.quantity]

    @property
    def unit(self) -> str:
        """Return the unit of `shown`."""
        return self.of.unit

    def fits(self, phantom_cm: int | None) -> bool:
        """Return whether a value on this phantom may be compared: head and body never mix."""
        return None in (self.phantom_cm, phantom_cm) or self.phantom_cm == phantom_cm


class Line(NamedTuple):
    """A level as a chart draws it, in the unit of the chart."""

    name: str
    """The standard name."""
    value: float
    unit: str
    label: str
    source: str
    phantom_cm: int | None
    band: str


def lines_for(
    modality: str,
    measure: str,
    names: Iterable[str],
    *,
    level: str = "study",
    day: dt.date | None = None,
    band: str = "",
) -> dict[str, list[Line]]:
    """Return the lines to draw for standard names; those without any are left out.

    Parameters
    ----------
    measure
        As the charts name it: `dlp`, `ctdivol`, `dap` …; others have no lines.
    level
        `study` or `acquisition`: which standard names these are.
    day
        When the levels shall hold; today if None.
    band
        Weight or age band of children; "" for adults.
    """
    quantity = by_measure(measure)
    if quantity is None or quantity.name not in OF_LEVEL.get((modality, level), ()):
        return {}
    found = references(modality, level, names, day)
    lines = {
        name: [
            _line(name, one) for one in ones if (one.quantity, one.band) == (quantity.name, band)
        ]
        for name, ones in found.items()
    }
    return {name: ones for name, ones in lines.items() if ones}


def level_for(
    study: Study,
    quantity: str,
    day: dt.date | None = None,
    *,
    acquisition: str = "",
    phantom_cm: int | None = None,
) -> Reference | None:
    """Return the level that a value of a study is to be compared with, None if there is none.

    The site's own level comes before published ones, and among these that of the newest set.

    Parameters
    ----------
    quantity
        As stored: `dlp_mgycm`, `ctdivol_mgy`, `dap_gym2`, `rp_dose_gy`, `fluoro_time_s`,
        `agd_mgy` or `administered_activity_mbq`; the level is in the same unit.
    day
        When the level shall hold; the day of the study if None.
    acquisition
        Standard name of an event, for a value of that event; "" for a value of the study.
    phantom_cm
        16 or 32 where known: levels on the other phantom are passed over.
    """
    found = levels_for(study, day, acquisition=acquisition)
    fitting = [one for one in found if one.quantity == quantity and one.fits(phantom_cm)]
    return fitting[0] if fitting else None


def levels_for(
    study: Study, day: dt.date | None = None, *, acquisition: str = ""
) -> list[Reference]:
    """Return all levels of the patient's band for a study, or for one of its acquisitions."""
    name = acquisition or study.standard_name
    if not name:
        return []
    level = "acquisition" if acquisition else "study"
    band = band_of_study(study)
    found = references(study.modality, level, [name], day or study.study_date)
    return [one for one in found.get(name, []) if one.band == band]


def band_of_study(study: Study) -> str:
    """Return the band of the patient for this examination, "" for adults."""
    head = is_head(study.target_regions, study.standard_name or study.study_description)
    return band_of(study.age_years, study.weight_kg, head=head)


def references(
    modality: str, level: str, names: Iterable[str] | None = None, day: dt.date | None = None
) -> dict[str, list[Reference]]:
    """Return the levels that hold on a day, by standard name: the site's own come first.

    `names` None means all; two statements, however many names there are.
    """
    when = day or dt.date.today()  # noqa: DTZ011 - a day of the site, as its studies have
    wanted: dict[str, Any] = {"standard_name__modality": modality, "standard_name__level": level}
    if names is not None:
        wanted["standard_name__name__in"] = sorted(set(names))
    found: dict[str, list[Reference]] = {}
    own = SiteReferenceLevel.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=when), valid_from__lte=when, **wanted
    ).select_related("standard_name")
    for one in own.order_by("-valid_from", "-pk"):
        found.setdefault(one.standard_name.name, []).append(_of_site(one))
    links = ReferenceLink.objects.filter(**wanted).select_related("standard_name")
    published = [pair for link in links if (pair := _of_link(link, when)) is not None]
    for version, name, procedure in sorted(published, key=lambda part: part[0], reverse=True):
        found.setdefault(name, []).extend(_of_set(version[2], procedure))
    return found


_Dated = tuple[dt.date, str, LevelSet]


def _of_link(link: ReferenceLink, day: dt.date) -> tuple[_Dated, str, Procedure] | None:
    """Return what a link leads to on a day, None if that version has no such procedure."""
    version = in_force(link.level_set, day)
    procedure = version.procedures.get(link.procedure) if version else None
    if version is None or procedure is None:
        return None
    return (version.valid_from, version.series, version), link.standard_name.name, procedure


def _of_set(version: LevelSet, procedure: Procedure) -> list[Reference]:
    return [
        Reference(
            quantity=quantity,
            value=value,
            origin=version.series,
            label=f"{version.country} {version.valid_from.year}",
            procedure=procedure.label,
            source=version.source,
            phantom_cm=procedure.phantom_cm,
            band=procedure.band,
            guide=procedure.guides.get(quantity),
        )
        for quantity, value in procedure.values.items()
    ]


def _of_site(one: SiteReferenceLevel) -> Reference:
    name: StandardName = one.standard_name
    return Reference(
        quantity=one.quantity,
        value=one.value,
        origin=SITE,
        label=f"Site {one.valid_from.year}",
        procedure=name.name,
        source=one.source,
        phantom_cm=one.phantom_cm,
        band=one.band,
    )


def _line(name: str, one: Reference) -> Line:
    return Line(name, one.shown, one.unit, one.label, one.source, one.phantom_cm, one.band)

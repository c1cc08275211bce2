"""A stored study in, its computed doses stored: what the site switched on, and how it was found.

What an object says of itself is never touched: computed values have columns of their own. Nothing
that is missing is guessed; a value that cannot be found leaves its reason instead.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
from django.conf import settings
from django.db import connection, transaction

from kerma import records
from kerma.dosimetry import effective_dose, mammography, nuclear, size_specific
from kerma.dosimetry.outcome import Outcome
from kerma.errors import KermaError
from kerma.pipeline import ct_size
from kerma.store import changes, event_types, options
from kerma.store.models import Administration, CtEvent, ProjectionEvent, Study

MODALITIES = frozenset(("CT", "MG", "NM"))
JOB = "compute-doses"

SSDE, EFFECTIVE_DOSE, AGD = "ssde", "effective_dose", "agd"
"""Names of the quantities in the JSON fields `computed` of events and studies."""
_COLUMNS = {
    SSDE: "computed_ssde_mgy",
    EFFECTIVE_DOSE: "computed_effective_dose_msv",
    AGD: "computed_agd_mgy",
}
_AT_RP = (
    "K is taken as the object gives it for its reference point; it is not converted to the surface "
    "of the breast."
)
_AT_ONCE = 100


class Choices(NamedTuple):
    """What is computed and with which sets; None is off."""

    ssde: bool = False
    ct: effective_dose.CtSet | None = None
    nm: nuclear.NuclearSet | None = None
    agd: mammography.MammographySet | None = None

    def of(self, modality: str) -> bool:
        """Return whether anything is computed for a modality."""
        if modality == "CT":
            return self.ssde or self.ct is not None
        return (self.nm if modality == "NM" else self.agd) is not None


Event = CtEvent | ProjectionEvent | Administration
Found = dict[str, Outcome]
S = TypeVar("S")


def site_folder() -> Path:
    """Return where the site keeps sets of its own; it need not exist."""
    return Path(settings.KERMA_HOME) / "coefficients"


def choices() -> Choices:
    """Return what the site chose.

    Raises
    ------
    KermaError
        If a chosen set is gone or cannot be read.
    """
    ssde, by_dose, agd, ct, nm, mg = options.several(
        "compute_ssde",
        "compute_effective_dose",
        "compute_agd",
        "ct_effective_dose_set",
        "nm_effective_dose_set",
        "agd_set",
    )
    folder = site_folder()
    return Choices(
        bool(ssde),
        _chosen(effective_dose.ct_sets(folder), ct) if by_dose and ct else None,
        _chosen(nuclear.nuclear_sets(folder), nm) if by_dose and nm else None,
        _chosen(mammography.mammography_sets(folder), mg) if agd and mg else None,
    )


def _chosen(known: dict[str, S], name: str) -> S:
    try:
        return known[name]
    except KeyError:
        raise KermaError(
            f"The chosen set of coefficients {name!r} is not there. Choose another under "
            "Configuration, Computed doses, or put its file back."
        ) from None


@transaction.atomic
def compute(study_id: int, chosen: Choices) -> bool:
    """Make the computed values of a study what they are to be; return whether any changed."""
    study = Study.objects.select_for_update().filter(pk=study_id).first()
    if study is None or study.modality not in MODALITIES:
        return False
    rows = _rows(study, chosen)
    changed = [event for event, found in rows if _put(event, found)]
    for event in changed:
        event.save(update_fields=[*_columns(event), "computed"])
    changed_study = _put_study(study, _of_study([found for _, found in rows], study, chosen))
    if changed or changed_study:
        with connection.cursor() as cursor:
            changes.note(cursor, [study.pk], derived=True)
    return bool(changed) or changed_study


def _rows(study: Study, chosen: Choices) -> Sequence[tuple[Event, Found]]:
    """Return the events of a study with what is computed of each."""
    if study.modality == "CT":
        events = list(CtEvent.objects.filter(study=study).order_by("ordinal"))
        sizes = ct_size.sizes(study, rotating(events)) if chosen.ssde else {}
        return [(event, _of_scan(event, study, chosen, sizes.get(event.pk))) for event in events]
    if study.modality == "NM":
        given = Administration.objects.filter(study=study).order_by("ordinal")
        return [(event, _of_administration(event, study, chosen)) for event in given]
    exposures = ProjectionEvent.objects.filter(study=study).order_by("ordinal")
    return [(event, _of_exposure(event, study, chosen)) for event in exposures]


def _columns(event: Event) -> list[str]:
    """Return the columns of computed values that an event has."""
    return [column for column in _COLUMNS.values() if hasattr(event, column)]


def rotating(events: Iterable[CtEvent]) -> list[CtEvent]:
    """Return the events but for localisers."""
    return [event for event in events if not _is_localiser(event)]


def _is_localiser(event: CtEvent) -> bool:
    """Return whether the tube stood still: the factors are for one that rotates."""
    kind = records.CtEvent(
        acquisition_type=event.acquisition_type, acquisition_type_code=event.acquisition_type_code
    )
    return event_types.ct_type(kind) == "localiser"


def _of_scan(
    event: CtEvent, study: Study, chosen: Choices, images: size_specific.ImageSize | None
) -> Found:
    if _is_localiser(event):
        return {}
    more = event.more
    found = {}
    if chosen.ssde:
        found[SSDE] = size_specific.ssde(
            size_specific.Scan(
                ctdivol_mgy=event.ctdivol_mgy,
                phantom_code=more.get("phantom_type_code", ""),
                region_code=more.get("target_region_code", ""),
                water_equivalent_diameter_mm=event.water_equivalent_diameter_mm,
                effective_diameter_mm=more.get("derived_effective_diameter_mm"),
                ap_mm=more.get("measured_ap_dimension_mm"),
                lateral_mm=more.get("measured_lateral_dimension_mm"),
                images=images,
            )
        )
    if chosen.ct:
        scan = effective_dose.Scan(
            dlp_mgycm=event.dlp_mgycm,
            phantom_code=more.get("phantom_type_code", ""),
            region_code=more.get("target_region_code", ""),
            region_name=event.target_region,
            kvps=_voltages(event),
            age_years=study.age_years,
        )
        found[EFFECTIVE_DOSE] = effective_dose.ct_effective_dose(scan, chosen.ct)
    return found


def _voltages(event: CtEvent) -> tuple[float, ...]:
    """Return the tube voltages of the sources, or that of the event."""
    of_sources = [source.get("kvp") for source in event.more.get("sources", [])]
    return tuple(kvp for kvp in of_sources or [event.kvp] if kvp)


def _of_administration(event: Administration, study: Study, chosen: Choices) -> Found:
    if not chosen.nm:
        return {}
    given = nuclear.Given(
        agent=event.radiopharmaceutical_agent or event.radiopharmaceutical,
        nuclide_code=event.radionuclide_code,
        activity_mbq=event.administered_activity_mbq,
        age_years=study.age_years,
    )
    return {EFFECTIVE_DOSE: nuclear.nm_effective_dose(given, chosen.nm)}


def _of_exposure(event: ProjectionEvent, study: Study, chosen: Choices) -> Found:
    if not chosen.agd:
        return {}
    kerma = event.entrance_exposure_at_rp_mgy
    filters = {one.get("material", "") for one in event.filters or []}
    exposure = mammography.Exposure(
        incident_air_kerma_mgy=event.entrance_dose_mgy if kerma is None else kerma,
        thickness_mm=event.compressed_thickness_mm,
        hvl_mm_al=event.half_value_layer_mm,
        target=event.anode_target,
        filter=filters.pop() if len(filters) == 1 else "",
        age_years=study.age_years,
        is_tomosynthesis="rotational" in event.event_type.casefold(),
    )
    found = mammography.average_glandular_dose(exposure, chosen.agd)
    return {AGD: found if found.value is None else msgspec.structs.replace(found, note=_AT_RP)}


def _of_study(found: Sequence[Found], study: Study, chosen: Choices) -> Found:
    """Return what is said of the study as a whole: of how many events, and the sum if there is."""
    if not chosen.of(study.modality):
        return {}
    by_name = {name: [one[name] for one in found if name in one] for name in _COLUMNS}
    on: dict[str, object] = {AGD: chosen.agd}
    if study.modality == "CT":
        on = {SSDE: chosen.ssde, EFFECTIVE_DOSE: chosen.ct}
    elif study.modality == "NM":
        on = {EFFECTIVE_DOSE: chosen.nm}
    return {
        name: _sum(by_name[name]) if name == EFFECTIVE_DOSE else _count(by_name[name])
        for name, chosen_set in on.items()
        if chosen_set
    }


def _count(found: Sequence[Outcome]) -> Outcome:
    """Return of how many events there is a value."""
    known = [one for one in found if one.value is not None]
    return Outcome(
        set=known[0].set if known else "",
        source=known[0].source if known else "",
        inputs={"events": f"{len(known)} of {len(found)}"},
    )


def _sum(found: Sequence[Outcome]) -> Outcome:
    """Return the effective dose of the study: of all its events, or no value at all."""
    if not found:
        return Outcome.none("No event has a dose that could be converted.")
    without = [one.reason for one in found if one.value is None]
    if without:
        return Outcome.none(
            f"{len(without)} of {len(found)} events have no value, so there is no sum. "
            f"The first reason: {without[0]}"
        )
    return Outcome(
        value=sum(one.value or 0.0 for one in found),
        method="Sum over the events",
        set=found[0].set,
        source="; ".join(dict.fromkeys(one.source for one in found)),
        inputs={"events": f"{len(found)} of {len(found)}"},
    )


def _put(event: Event, found: Found) -> bool:
    """Give an event its values; return whether anything is other than before."""
    before = (event.computed, [getattr(event, name) for name in _columns(event)])
    kept = {name: one for name, one in event.computed.items() if name not in _COLUMNS}
    event.computed = kept | {name: msgspec.to_builtins(one) for name, one in found.items()}
    for name, column in _COLUMNS.items():
        if hasattr(event, column):
            setattr(event, column, found[name].value if name in found else None)
    return before != (event.computed, [getattr(event, name) for name in _columns(event)])


def _put_study(study: Study, found: Found) -> bool:
    kept = {name: one for name, one in study.computed.items() if name not in _COLUMNS}
    computed = kept | {name: msgspec.to_builtins(one) for name, one in found.items()}
    value = found[EFFECTIVE_DOSE].value if EFFECTIVE_DOSE in found else None
    if (study.computed, study.computed_effective_dose_msv) == (computed, value):
        return False
    study.computed, study.computed_effective_dose_msv = computed, value
    study.save(update_fields=["computed", "computed_effective_dose_msv"])
    return True


def compute_all(tell: Callable[[int], None]) -> tuple[int, int]:
    """Compute all studies anew; return how many were looked at, and how many changed.

    `tell` is called between two studies, outside of any transaction; what it raises stops. What
    the site chose is read again for every portion, so that it may change meanwhile.
    """
    done = changed = 0
    for some in _portions():
        chosen = choices()
        for study_id in some:
            changed += compute(study_id, chosen)
            done += 1
            tell(done)
    return done, changed


def affected() -> int:
    """Return how many studies there are to compute."""
    return Study.objects.filter(modality__in=MODALITIES).count()


def _portions() -> Iterable[list[int]]:
    """Return the numbers of all studies in order, some at a time."""
    last = 0
    while True:
        found = Study.objects.filter(modality__in=MODALITIES, pk__gt=last).order_by("pk")
        some = list(found.values_list("pk", flat=True)[:_AT_ONCE])
        if not some:
            return
        yield some
        last = some[-1]

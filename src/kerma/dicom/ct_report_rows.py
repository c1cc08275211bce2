"""Rows of a CT dose report that are the same whoever writes it (PS3.16 TID 10011–10014)."""

import datetime as dt
from collections.abc import Iterator, Sequence

from pydicom.dataset import Dataset

from kerma.dicom.write import Coded, container, datetime_, dcm, has_obs_context, num, text
from kerma.records import CtEvent, CtSource

Unit = tuple[str, str, str]
_EVENTS: Unit = ("{events}", "UCUM", "events")
_RATIO: Unit = ("{ratio}", "UCUM", "ratio")
_SOURCES: Unit = ("{X-Ray sources}", "UCUM", "X-Ray sources")


def num_if_known(
    concept: Coded, value: float | None, unit: str | Coded, *below: Dataset | None
) -> Dataset | None:
    """Return a number, None where it is not known."""
    return None if value is None else num(concept, value, unit, *below)


def period(start: dt.datetime | str | None, end: dt.datetime | str | None) -> Iterator[Dataset]:
    """Yield start and end of irradiation, as far as they are known."""
    for concept, when in (
        (dcm("113809", "Start of X-Ray Irradiation"), start),
        (dcm("113810", "End of X-Ray Irradiation"), end),
    ):
        if when is not None:
            yield has_obs_context(datetime_(concept, when))


def accumulated(
    events: int | None, dlp_mgycm: float | None, sub_totals: Sequence[Dataset] = ()
) -> Dataset:
    """Return the totals (TID 10012)."""
    return container(
        dcm("113811", "CT Accumulated Dose Data"),
        num_if_known(dcm("113812", "Total Number of Irradiation Events"), events, _EVENTS),
        num_if_known(dcm("113813", "CT Dose Length Product Total"), dlp_mgycm, "mGy.cm"),
        *sub_totals,
        template="10012",
    )


def parameters(event: CtEvent, places: Sequence[Dataset] = ()) -> Dataset:
    """Return the acquisition parameters; `places` along the table follow the scanning length."""
    single, total = event.nominal_single_collimation_mm, event.nominal_total_collimation_mm
    return container(
        dcm("113822", "CT Acquisition Parameters"),
        num_if_known(dcm("113824", "Exposure Time"), event.exposure_time_s, "s"),
        num_if_known(dcm("113825", "Scanning Length"), event.scanning_length_mm, "mm"),
        *places,
        num_if_known(dcm("113826", "Nominal Single Collimation Width"), single, "mm"),
        num_if_known(dcm("113827", "Nominal Total Collimation Width"), total, "mm"),
        num_if_known(dcm("113828", "Pitch Factor"), event.pitch, _RATIO),
        num_if_known(
            dcm("113823", "Number of X-Ray Sources"), event.number_of_xray_sources, _SOURCES
        ),
        *[_tube(tube) for tube in event.sources],
    )


def _tube(tube: CtSource) -> Dataset:
    """Return the parameters of one X-ray source, "A" if nobody named it."""
    return container(
        dcm("113831", "CT X-Ray Source Parameters"),
        text(dcm("113832", "Identification of the X-Ray Source"), tube.source_id or "A"),
        num_if_known(dcm("113733", "KVP"), tube.kvp, "kV"),
        num_if_known(dcm("113833", "Maximum X-Ray Tube Current"), tube.max_tube_current_ma, "mA"),
        num_if_known(dcm("113734", "X-Ray Tube Current"), tube.tube_current_ma, "mA"),
        num_if_known(dcm("113834", "Exposure Time per Rotation"), tube.rotation_time_s, "s"),
    )

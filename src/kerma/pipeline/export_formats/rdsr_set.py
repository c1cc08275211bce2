"""Dose reports without identity, for research and for sharing."""

from collections.abc import Iterator
from typing import BinaryIO

from kerma.exports.base import ALL, Format, Made, Plan, Progress, add
from kerma.exports.reading import Data
from kerma.pipeline.report_sets import (
    FULL,
    NAMED,
    PSEUDONYMS,
    SHIFTED,
    OneStudy,
    Row,
    checked,
    dates,
    devices,
    write_set,
)

_OPTIONS = (dates(SHIFTED, FULL), devices(PSEUDONYMS, NAMED))
_HEADINGS = (
    "File", "Patient", "Study Instance UID", "SOP Instance UID", "Kind", "Modality",
    "Manufacturer", "Model name",
)  # fmt: skip


def write(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write the reports, and the list of them."""
    columns = ("modality", "manufacturer", "model")
    return write_set(checked(plan, _OPTIONS), data, out, progress, columns, _HEADINGS, _rows)


def _rows(study: OneStudy) -> Iterator[Row]:
    values = study.values
    for one in study.reports:
        yield (
            one.file,
            one.patient,
            one.study_uid,
            one.sop_uid,
            one.kind,
            values["modality"],
            values["manufacturer"],
            values["model"],
        )


add(
    Format(
        name="rdsr-set",
        title="De-identified reports",
        suffix=".zip",
        modalities=ALL,
        write=write,
        explanation="The dose reports of which Kerma keeps copies, as DICOM files from which the "
        "identity of patients and staff is removed (PS3.15 annex E), with a list of them.",
        options=_OPTIONS,
        identity=False,
        order=300,
    )
)

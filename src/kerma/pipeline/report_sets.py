"""Studies in, a zip file of their reports without identity out, with lists of what is in it.

Reports are Kerma's own kept copies. UIDs, patients and, if asked, devices become others by a key
made of the site's, so that what belongs together stays together in every set of this site.
"""

import csv
import hashlib
import hmac
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from tempfile import TemporaryFile
from typing import Any, BinaryIO, NamedTuple, TextIO

from django.conf import settings

from kerma.dicom.deidentify_report import Deidentification, cleaned, deidentified
from kerma.errors import KermaError
from kerma.exports.base import ExportError, Made, Option, Plan, Progress, option
from kerma.exports.reading import Data
from kerma.exports.spreadsheet import guarded
from kerma.pipeline.keep import kept
from kerma.store.keeping import KINDS
from kerma.store.models import Source

REPORTS = next(kind.sources for kind in KINDS if kind.name == "reports")
"""Kinds of sources that are reports; the headers of images are no part of a set."""

SHIFTED, FULL = ("shifted", "Go back by up to a year"), ("full", "Stay as they are")
PSEUDONYMS, NAMED = ("pseudonyms", "Get pseudonyms"), ("named", "Stay named")


def dates(*choices: tuple[str, str]) -> Option:
    """Return the choice of what becomes of dates, the first being the usual."""
    explanation = "By the same number of days for all studies of a patient; times stay."
    return Option("dates", "Dates", choices, explanation)


def devices(*choices: tuple[str, str]) -> Option:
    """Return the choice of what becomes of the names of devices, the first being the usual."""
    explanation = "Station names, serial numbers and observers; maker and model always stay."
    return Option("devices", "Devices", choices, explanation)


class Report(NamedTuple):
    """One report of a study in a set."""

    file: str
    """Its path in the zip file."""
    patient: str
    """Pseudonym."""
    study_uid: str
    sop_uid: str
    kind: str


class OneStudy(NamedTuple):
    """A study in a set, with its reports."""

    values: dict[str, Any]
    days_back: int
    reports: list[Report]


Row = Sequence[Any]
Listing = Callable[[OneStudy], Iterator[Row]]

_STUDY = (
    "id", "study_instance_uid", "patient_id", "patient_id_hashed", "patient_name",
    "patient_name_hashed", "accession_number", "accession_number_hashed", "physician", "operator",
)  # fmt: skip
_SECRETS = (
    ("patient_name", "patient_name_hashed"), ("patient_id", "patient_id_hashed"),
    ("accession_number", "accession_number_hashed"), ("physician", ""), ("operator", ""),
)  # fmt: skip
_TEXTS = frozenset(("study_description", "requested_procedure", "procedure", "standard_name"))
"""Free texts of a study that go into lists."""
_SHOWN = 20
"""Studies without a report that are named to the user."""


def write_set(
    plan: Plan,
    data: Data,
    out: BinaryIO,
    progress: Progress,
    columns: Sequence[str],
    headings: Sequence[str],
    listing: Listing,
) -> Made:
    """Write the set.

    Parameters
    ----------
    columns
        Columns of the studies that the listing needs.
    headings, listing
        First row of index.csv, and what makes its rows of a study with reports.

    Raises
    ------
    ExportError
        If no study has a report.
    """
    how = _how(plan)
    without: list[int] = []
    reports = 0
    with TemporaryFile("w+", newline="", encoding="utf-8") as index:
        rows = csv.writer(index)
        rows.writerow(headings)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for number, study in enumerate(_studies(data, (*_STUDY, *columns), how, packed)):
                progress(number, len(data.ids))
                reports += len(study.reports)
                if study.reports:
                    rows.writerows(map(_safe, listing(study)))
                else:
                    without.append(study.values["id"])
            _add_text(packed, "index.csv", index)
    if not reports:
        raise ExportError(
            "None of the studies has a report of which Kerma keeps a copy, so there is nothing to "
            "export. Keeping copies of reports is chosen under Configuration, Retention."
        )
    return Made(len(data.ids) - len(without), reports, _notes(without))


def _how(plan: Plan) -> Deidentification:
    chosen = dict(plan.options)
    return Deidentification(
        key=hmac.digest(settings.KERMA_IDENTITY_KEY, b"kerma report sets", hashlib.sha256),
        shifts_dates=chosen.get("dates") == SHIFTED[0],
        keeps_devices=chosen.get("devices") == NAMED[0],
    )


def checked(plan: Plan, options: Sequence[Option]) -> Plan:
    """Return the plan with every option chosen, the usual where none is given."""
    return plan._replace(options={one.name: option(plan, one) for one in options})


def _studies(
    data: Data, columns: tuple[str, ...], how: Deidentification, packed: zipfile.ZipFile
) -> Iterator[OneStudy]:
    for batch in data.batches(columns):
        studies = [dict(zip(columns, row, strict=True)) for row in batch.studies]
        sources = _sources(data, [one["id"] for one in studies])
        for values in studies:
            patient = values["patient_id"] or values["study_instance_uid"]
            found = sources.get(values["id"], [])
            reports = [_add(packed, row, values, how, patient) for row in found]
            kept_ones = [report for report in reports if report is not None]
            yield OneStudy(_cleaned(values), how.days_back(patient), kept_ones)


def _sources(data: Data, ids: list[int]) -> dict[int, list[Row]]:
    """Return the reports in use of each study: SOP Instance UID, place of the copy, kind."""
    found = Source.objects.filter(study_id__in=ids, state=Source.State.ACTIVE, kind__in=REPORTS)
    found = found.exclude(path="").order_by("study_id", "received_at", "id")
    rows = data.rows(found.values_list("study_id", "sop_instance_uid", "path", "kind"))
    return {study: [row[1:] for row in same] for study, same in groupby(rows, key=itemgetter(0))}


def _add(
    packed: zipfile.ZipFile,
    source: Row,
    values: dict[str, Any],
    how: Deidentification,
    patient: str,
) -> Report | None:
    """Put a report into the zip file; None where its copy is gone or cannot be read."""
    sop_uid, path, kind = source
    try:
        report = kept(path).data_set
    except KermaError:
        return None
    made = Report(
        f"reports/{how.patient(patient)}/{how.uid(sop_uid)}.dcm",
        how.patient(patient),
        how.uid(values["study_instance_uid"]),
        how.uid(sop_uid),
        kind,
    )
    packed.writestr(made.file, deidentified(report, how, patient, _secrets(values)))
    return made


def _secrets(values: dict[str, Any]) -> list[str]:
    return [values[column] for column, hashed in _SECRETS if not (hashed and values[hashed])]


def _cleaned(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a study without texts that repeat a name or an id."""
    secrets = _secrets(values)
    texts = {name: values[name] for name in _TEXTS & values.keys()}
    return values | {name: cleaned(text, secrets) for name, text in texts.items()}


def _add_text(packed: zipfile.ZipFile, name: str, text: TextIO) -> None:
    """Put a text file into the zip file, without having it in memory."""
    text.seek(0)
    with packed.open(name, "w") as entry:
        while part := text.read(1 << 16):
            entry.write(part.encode())


def _safe(row: Row) -> Row:
    return [guarded(one) if isinstance(one, str) and one else one for one in row]


def _notes(without: list[int]) -> tuple[str, ...]:
    if not without:
        return ()
    shown = ", ".join(map(str, without[:_SHOWN]))
    more = " …" if len(without) > _SHOWN else ""
    count = len(without)
    return (f"Studies without a kept report, which are not in the set: {count} ({shown}{more}).",)

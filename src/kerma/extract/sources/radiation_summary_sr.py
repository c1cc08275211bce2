"""Radiation summary reports of Siemens Arcadis C-arms: totals in an Enhanced SR of their own.

They hold what the conformance statement of ARCADIS Varic, Orbic and Avantic VC10A (2007) lists:
number of exposures, fluoroscopy time, dose area product, begin and end of the examination.
"""

import datetime as dt

from msgspec.structs import replace

from kerma.dicom import sr
from kerma.dicom.codes import Key
from kerma.dicom.dataset import as_datetime
from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.projection import base_record
from kerma.extract.projection_rows import Rows, gathered
from kerma.records import StudyRecord, Totals

_SCHEME = "99SMS_RADSUM"
_RADIATION_SUMMARY_REPORT = Key("C-10", _SCHEME)
_NUMBER_OF_EXPOSURES = Key("C-200", _SCHEME)
_FLUOROSCOPY_TIME = Key("C-202", _SCHEME)
_DOSE_AREA_PRODUCT = Key("C-204", _SCHEME)
_M2_PER_CM2 = 1e-4


def _accepts(found: DoseObject) -> bool:
    return found.is_report and found.root.concept == _RADIATION_SUMMARY_REPORT


def _read(found: DoseObject) -> StudyRecord:
    """Read the report; a dose area product without a unit is in Gy.cm2, as the maker states."""
    rows = gathered(found.root)
    dap_gycm2 = sr.number(rows, _DOSE_AREA_PRODUCT, "Gy.cm2")
    times = _times(rows)
    return replace(
        base_record(found),
        kind="enhanced SR",
        modality="RF",
        totals=Totals(
            events=0,
            number_of_planes=1,
            radiographic_frames=sr.number(rows, _NUMBER_OF_EXPOSURES, "1"),
            fluoro_time_s=sr.number(rows, _FLUOROSCOPY_TIME, "s"),
            dap_gym2=None if dap_gycm2 is None else dap_gycm2 * _M2_PER_CM2,
        ),
        start_of_irradiation=min(times, default=None),
        end_of_irradiation=max(times, default=None),
    )


def _times(rows: Rows) -> list[dt.datetime]:
    """Return the times of the report: begin and end are all it has."""
    found = (as_datetime(row.text) for row in rows.children if row.value_type == "DATETIME")
    return [time for time in found if time]


sources.add(Source("radiation_summary_sr", _accepts, _read))

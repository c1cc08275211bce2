"""Which columns of the database charts read, and what each becomes."""

from typing import Literal, NamedTuple

Kind = Literal["number", "text", "whole", "day"]

NO_DAY = -(2**31)
"""Day of what has no date; days count from 1 January 1970."""
NONE = -1
"""A whole number that is not there."""


class Column(NamedTuple):
    """One column: numbers are float64 with NaN for NULL, texts become codes of a dictionary.

    `sql` is the expression where it is not the name itself, by database if they differ.
    """

    name: str
    kind: Kind = "number"
    sql: dict[str, str] | str = ""

    def expression(self, vendor: str) -> str:
        """Return the expression that reads it."""
        found = self.sql if isinstance(self.sql, str) else self.sql[vendor]
        return found or f'"{self.name}"'


class Table(NamedTuple):
    """Rows of one modality; `key` is the column with the id of the study."""

    name: str
    key: str
    modality: str
    """"" where the table is of one modality alone."""
    columns: dict[str, Column]

    def condition(self, vendor: str, *, whole: bool) -> str:
        """Return the condition on the modality.

        The whole table is read in its own order: SQLite would rather look up each row by an
        index, one here and one there. The sign keeps it from that.
        """
        if not self.modality:
            return "1 = 1"
        sign = "+" if whole and vendor == "sqlite" else ""
        return f"{sign}modality = '{self.modality}'"


def _numbers(names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names.split())


def _texts(names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "text") for name in names.split())


def _named(*columns: Column) -> dict[str, Column]:
    return {column.name: column for column in columns}


_DAY = {"sqlite": "study_date || ''", "postgresql": "study_date"}
_HOUR = {
    "sqlite": "COALESCE(CAST(substr(study_time, 1, 2) AS INTEGER), -1)",
    "postgresql": "COALESCE(EXTRACT(HOUR FROM study_time)::int, -1)",
}

_STUDY = _named(
    Column("system_id", "whole"),
    Column("device_id", "whole"),
    Column("study_date", "day", _DAY),
    Column("hour", "whole", _HOUR),
    *_texts(
        "study_description requested_procedure procedure standard_name standard_acquisitions "
        "physician station_name manufacturer model institution acquisition_protocols not_patient"
    ),
    *_numbers(
        "age_years weight_kg number_of_events spiral_events sequenced_events stationary_events "
        "localiser_events dlp_mgycm ctdivol_max_mgy dap_gym2 rp_dose_gy fluoro_time_s "
        "agd_max_mgy administered_activity_mbq"
    ),
)

_NAMES = _texts("acquisition_protocol standard_name")
_CT = _named(
    *_NAMES,
    Column("acquisition_type", "text", "acquisition_type_code || '|' || acquisition_type"),
    *_numbers("ctdivol_mgy dlp_mgycm"),
)
_PROJECTION = _named(
    *_NAMES,
    *_numbers(
        "dap_gym2 rp_dose_gy irradiation_duration_s exposure_mas kvp agd_mgy "
        "compressed_thickness_mm"
    ),
)


def study_table(modality: str) -> Table:
    """Return the studies of a modality."""
    return Table("store_study", "id", modality, _STUDY)


def event_table(modality: str) -> Table:
    """Return the events of a modality; nuclear medicine is charted by study."""
    if modality == "CT":
        return Table("store_ctevent", "study_id", "", _CT)
    return Table("store_projectionevent", "study_id", modality, _PROJECTION)

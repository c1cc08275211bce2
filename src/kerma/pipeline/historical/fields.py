"""The columns that a list of historical doses may have: by title, with their unit, never guessed.

A title means a column only where it says the unit, or the value has none. Titles that leave the
unit out are left for a person to choose.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kerma.pipeline.historical import cells
from kerma.pipeline.historical.cells import Reader


class Field(NamedTuple):
    """One value of a list, in one unit."""

    name: str
    """Of `Entry`, `Scan` or its device."""
    unit: str
    """As in a title; "" where there is none."""
    label: str
    of_scan: bool
    read: Reader
    titles: tuple[str, ...]
    """Words that mean it, the unit left out."""

    @property
    def key(self) -> str:
        """How a choice names it."""
        return f"{self.name} {self.unit}".strip()


def _numbers(
    name: str, label: str, units: dict[str, float], *titles: str, of_scan: bool = True
) -> Iterator[Field]:
    for unit, factor in units.items():
        yield Field(name, unit, f"{label}, in {unit}", of_scan, cells.number(factor), titles)


def _plain(
    name: str, label: str, read: Reader, *titles: str, of_scan: bool = False
) -> Iterator[Field]:
    yield Field(name, "", label, of_scan, read, titles)


_DLP = {"mGy·cm": 1.0, "Gy·cm": 1000.0, "mGy·m": 100.0}
_MGY = {"mGy": 1.0, "cGy": 10.0, "Gy": 1000.0}
_LENGTH = {"mm": 1.0, "cm": 10.0}

FIELDS: tuple[Field, ...] = (
    *_plain("study_instance_uid", "Study Instance UID", cells.uid, "study instance uid",
            "study uid", "studyuid"),
    *_plain("study_date", "Study date", cells.date, "study date", "date", "exam date",
            "examination date", "datum", "untersuchungsdatum", "date examen", "fecha"),
    *_plain("study_time", "Study time", cells.time, "study time", "time", "exam time", "uhrzeit",
            "heure", "hora"),
    *_plain("accession_number", "Accession number", cells.text, "accession number", "accession",
            "accession no", "acc no"),
    *_plain("patient_id", "Patient ID", cells.text, "patient id", "pat id", "patid", "mrn",
            "patienten id"),
    *_plain("patient_name", "Patient name", cells.text, "patient name", "patientenname"),
    *_plain("sex", "Sex", cells.sex, "sex", "patient sex", "gender", "geschlecht", "sexe", "sexo"),
    *_plain("birth_date", "Date of birth", cells.date, "birth date", "date of birth", "dob",
            "birthdate", "patient birth date", "geburtsdatum"),
    *_numbers("age_years", "Age", {"years": 1.0, "months": 1 / 12}, "age", "patient age", "alter",
              of_scan=False),
    *_numbers("height_m", "Height", {"cm": 0.01, "m": 1.0}, "height", "patient height",
              "patient size", "grosse", "groesse", "taille", "talla", of_scan=False),
    *_numbers("weight_kg", "Weight", {"kg": 1.0}, "weight", "patient weight", "mass", "gewicht",
              "poids", "peso", of_scan=False),
    *_plain("study_description", "Study description", cells.text, "study description",
            "description", "study", "examination", "exam", "untersuchung", "examen"),
    *_plain("requested_procedure", "Requested procedure", cells.text, "requested procedure",
            "requested procedure description", "procedure"),
    *_plain("manufacturer", "Manufacturer", cells.text, "manufacturer", "hersteller", "fabricant"),
    *_plain("model", "Model", cells.text, "model", "model name", "manufacturer model name",
            "scanner", "scanner model", "modell"),
    *_plain("station_name", "Station name", cells.text, "station name", "station"),
    *_plain("serial_number", "Serial number", cells.text, "serial number", "device serial number"),
    *_plain("institution", "Institution", cells.text, "institution", "institution name",
            "hospital", "site"),
    *_numbers("total_dlp_mgycm", "Total DLP of the study", _DLP, "total dlp", "dlp total",
              "total exam dlp", "exam dlp", "study dlp", "dlp study", "dlp sum", "sum dlp",
              "gesamt dlp", "dlp gesamt", "pdl total", of_scan=False),
    *_numbers("dlp_mgycm", "DLP of the acquisition", _DLP, "dlp", "dose length product",
              "event dlp", "series dlp", "scan dlp", "pdl"),
    *_numbers("ctdivol_mgy", "CTDIvol", _MGY, "ctdivol", "ctdi vol", "mean ctdivol", "ctdivol mean",
              "idsv"),
    *_plain("phantom_mm", "Phantom, 16 or 32 cm", cells.phantom, "phantom", "phantom type",
            "phantom cm", "phantom mm", "ctdi phantom", of_scan=True),
    *_plain("protocol", "Protocol", cells.text, "protocol", "protocol name",
            "acquisition protocol", "protokoll", "protocole", of_scan=True),
    *_plain("acquisition_type", "Acquisition type", cells.acquisition_type, "acquisition type",
            "scan type", "scan mode", "type", of_scan=True),
    *_numbers("kvp", "Tube voltage", {"kV": 1.0}, "kvp", "tube voltage", "voltage", ""),
    *_numbers("tube_current_ma", "Tube current", {"mA": 1.0}, "tube current", "mean tube current",
              ""),
    *_numbers("rotation_time_s", "Rotation time", {"s": 1.0, "ms": 0.001}, "rotation time",
              "exposure time per rotation"),
    *_plain("pitch", "Pitch", cells.number(1.0), "pitch", "pitch factor", of_scan=True),
    *_numbers("collimation_mm", "Total collimation", {"mm": 1.0}, "collimation",
              "total collimation", "nominal total collimation"),
    *_numbers("scanning_length_mm", "Scanning length", _LENGTH, "scanning length", "scan length",
              "length", "scanlange", "longueur"),
)  # fmt: skip
BY_KEY = {field.key: field for field in FIELDS}
DEVICE = frozenset(("manufacturer", "model", "station_name", "serial_number", "institution"))
"""Fields of the scanner."""

_SPELT = {"mgy·cm": ("mgycm", "mgyxcm"), "years": ("years", "year", "y", "yr", "jahre", "ans"),
          "kv": ("kv", "kvp")}  # fmt: skip
"""Unit -> how titles write it, without signs."""


def _meanings() -> dict[str, str]:
    """Return title without spaces and signs -> key of the field."""
    found: dict[str, str] = {}
    for field in FIELDS:
        unit = field.unit.casefold()
        endings = _SPELT.get(unit, (_bare(unit),)) if unit else ("",)
        for title in field.titles:
            for ending in endings:
                found.setdefault(_bare(title) + ending, field.key)
    return found | {"kvp": "kvp kV"}


def _bare(title: str) -> str:
    """Return the letters and digits of a title, without accents."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    return re.sub(r"[^a-z0-9]", "", plain)


_MEANINGS = _meanings()


def guess(titles: Sequence[str]) -> dict[str, str]:
    """Return place of a column (as text, for JSON) -> key of the field that its title means.

    Of two columns that mean the same, neither is taken.
    """
    meant = [_MEANINGS.get(_bare(title), "") for title in titles]
    names = [BY_KEY[key].name if key else "" for key in meant]
    return {
        str(place): key
        for place, (key, name) in enumerate(zip(meant, names, strict=True))
        if key and names.count(name) == 1
    }


def unclear(titles: Sequence[str]) -> list[str]:
    """Return the titles that look like a dose, or another value with a unit, but name no unit."""
    stems = {_bare(title) for field in FIELDS if field.unit for title in field.titles if title}
    return [title for title in titles if _bare(title) in stems - _MEANINGS.keys()]

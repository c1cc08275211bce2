"""Studies of two old CT scanners of the demo hospital, which send their dose as a picture."""

import datetime as dt
import math
import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from kerma.demo import tables
from kerma.demo.chance import Chance
from kerma.demo.objects.header import attributes
from kerma.demo.screens.drawing import Screen, draw
from kerma.demo.screens.objects import capture, companion, screen_save
from kerma.demo.screens.pens import FontPen, Pen, Shape
from kerma.demo.screens.sheet import Identity
from kerma.demo.screens.typist import trained
from kerma.demo.tables import CtProcedure, Scan, System
from kerma.demo.visit import Visit, arrange, draw_patient
from kerma.records import StudyRecord
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.reading import Scanner, ScanRow, ScreenTable

TOSHIBA = System(
    key="ct-old-1",
    kind="ct",
    manufacturer="TOSHIBA",
    model="Aquilion CX",
    station_name="CT-SA-OLD",
    institution="Klinikum Sankt Ansgar",
    department="Röntgendiagnostik",
    serial_number="2CA0910",
    software_versions="V4.51ER014",
    share=1,
    weekend=0.2,
    collimation_mm=(0.5, 32.0),
    pitch=0.844,
    rotation_time_s=0.5,
)
GE = System(
    key="ct-old-2",
    kind="ct",
    manufacturer="GE MEDICAL SYSTEMS",
    model="LightSpeed16",
    station_name="CT-SA-GE",
    institution="Klinikum Sankt Ansgar",
    department="Röntgendiagnostik",
    serial_number="LS160044",
    software_versions="07MW11.10",
    share=1,
    weekend=0.2,
    collimation_mm=(0.625, 20.0),
    pitch=1.375,
    rotation_time_s=0.6,
)


class Examination(NamedTuple):
    """The files of one study, and what its screens say."""

    study_instance_uid: str
    files: tuple[bytes, ...]
    table: ScreenTable


def scanner_of(system: System) -> Scanner:
    """Return the scanner as its objects name it."""
    return Scanner(
        manufacturer=system.manufacturer,
        model=system.model,
        software_versions=system.software_versions,
        station_name=system.station_name,
    )


class _Console(FontPen):
    """Letters of a console: a space is wide, so that words stand well apart."""

    def shape(self, letter: str) -> Shape:
        """Return a letter."""
        shape = super().shape(letter)
        return shape._replace(advance=self.size // 2) if letter == " " else shape


def toshiba_pen() -> Pen:
    """Return the letters of the Toshiba's screens."""
    return _Console("", 15, smooth=False)


def ge_pen() -> Pen:
    """Return the letters of the GE's screens, which nobody has typed."""
    return _Console("", 13)


def toshiba_glyphs() -> GlyphSet:
    """Return the glyphs of the Toshiba's screens, as another hospital would share them."""
    names = sorted({scan.name for procedure in tables.ct() for scan in procedure.scans})
    sample = ScreenTable(
        layout="toshiba",
        rows=tuple(ScanRow(protocol=name, ctdivol_mgy=1.0, dlp_mgycm=2.0) for name in names),
        total_dlp_body_mgycm=567.89,
    )
    empty = GlyphSet(
        name=f"{TOSHIBA.manufacturer} {TOSHIBA.model} {TOSHIBA.software_versions}",
        manufacturer=TOSHIBA.manufacturer,
        model=TOSHIBA.model,
        software_versions=TOSHIBA.software_versions,
        source="drawn for the demo hospital",
    )
    return trained(toshiba_pen(), empty, draw(sample, "toshiba", toshiba_pen()))


def toshiba_study(
    number: int, at: dt.datetime, *, seed: object = 1, total_mgycm: float | None = None
) -> Examination:
    """Return the screens and one image a scan of an examination on the Toshiba.

    Parameters
    ----------
    total_mgycm
        A total that the screen shows instead of the sum of its rows.
    """
    visit = _visit(TOSHIBA, number, at, seed)
    table = _table(visit, "toshiba", over_mm=30.0)
    if total_mgycm is not None:
        table = _with_total(table, total_mgycm)
    header = _header(visit)
    screens = draw(table, "toshiba", toshiba_pen(), identity=_identity(visit))
    files = [capture(one.gray, header, number) for number, one in enumerate(screens, 1)]
    images = [_image(visit, row, header, number) for number, row in enumerate(table.rows, 2)]
    return Examination(visit.study.study_instance_uid, (*files, *images), table)


def ge_study(number: int, at: dt.datetime, *, seed: object = 1) -> Examination:
    """Return the dose report of an examination on the GE."""
    visit = _visit(GE, number, at, seed)
    table, header = _table(visit, "ge", over_mm=20.0), _header(visit)
    screens = _ge_screens(visit, table)
    files = (screen_save(one.gray, header, number) for number, one in enumerate(screens, 1))
    return Examination(visit.study.study_instance_uid, tuple(files), table)


def ge_screens(number: int, at: dt.datetime, *, seed: object = 1) -> tuple[Screen, ...]:
    """Return the pictures of `ge_study`, with the letters on them."""
    visit = _visit(GE, number, at, seed)
    return _ge_screens(visit, _table(visit, "ge", over_mm=20.0))


def image_study(number: int, at: dt.datetime, *, seed: object = 1) -> Examination:
    """Return images of the Toshiba alone, whose headers give CTDIvol."""
    visit = _visit(TOSHIBA, number, at, seed)
    table = _table(visit, "toshiba", over_mm=0.0)
    files = tuple(_slices(visit, table, _header(visit)))
    return Examination(visit.study.study_instance_uid, files, table)


def _ge_screens(visit: Visit, table: ScreenTable) -> tuple[Screen, ...]:
    return draw(table, "ge", ge_pen(), identity=_identity(visit))


def _visit(system: System, number: int, at: dt.datetime, seed: object) -> Visit:
    """Return who is examined for what; the same arguments always give the same."""
    chance = Chance(seed, system.key, number, at)
    choice = [each for each in tables.ct() if each.group == "adult" and _is_simple(each)]
    procedure = chance.pick_shared(choice)
    patient = draw_patient("adult", number, at, f"{seed} {system.key}")
    return arrange(system, procedure, patient, at, chance)


def _is_simple(procedure: CtProcedure) -> bool:
    """Whether all its scans are ones that the screens tell of with their length."""
    return all(scan.length_mm > 20 for scan in procedure.scans)


def _table(visit: Visit, layout: str, over_mm: float) -> ScreenTable:
    """Return the scans as the screen shows them; a spiral irradiates more than it shows."""
    procedure = visit.procedure
    assert isinstance(procedure, CtProcedure)
    rows = tuple(
        _row(visit, scan, number, over_mm) for number, scan in enumerate(procedure.scans, 2)
    )
    sums = [
        math.fsum(row.dlp_mgycm or 0.0 for row in rows if row.phantom_mm == phantom)
        for phantom in (160, 320)
    ]
    return ScreenTable(
        layout=layout,
        rows=rows,
        total_dlp_mgycm=round(sum(sums), 2),
        total_dlp_head_mgycm=round(sums[0], 2) or None,
        total_dlp_body_mgycm=round(sums[1], 2) or None,
        pages_seen=(1,),
        date_time=f"{visit.start:%Y.%m.%d %H:%M:%S}",
        exam_description=procedure.description,
    )


def _row(visit: Visit, scan: Scan, number: int, over_mm: float) -> ScanRow:
    chance, system = visit.chance, visit.system
    ctdivol_mgy = round(chance.around(scan.ctdivol_mgy * 1.3, 1.15), 2)
    length_mm = round(chance.around(scan.length_mm, 1.06), 1)
    spiral = scan.type == "Spiral Acquisition"
    start_mm = round(chance.between(-60, 60), 1)
    irradiated_mm = length_mm + (over_mm if spiral else 0.0)
    pitch = system.pitch if spiral else 1.0
    return ScanRow(
        label=str(number),
        series_number=number,
        protocol=scan.name,
        acquisition_type=scan.type,
        kvp=scan.kvp,
        exposure_mas=float(round(90 * ctdivol_mgy * irradiated_mm / 300)),
        exposure_time_s=round(
            irradiated_mm / system.collimation_mm[1] * system.rotation_time_s / pitch, 2
        ),
        start_mm=start_mm,
        end_mm=round(start_mm - length_mm, 1),
        ctdivol_mgy=ctdivol_mgy,
        dlp_mgycm=round(ctdivol_mgy * irradiated_mm / 10, 2),
        phantom_mm=160 if scan.head else 320,
    )


def _with_total(table: ScreenTable, total_mgycm: float) -> ScreenTable:
    is_head = table.total_dlp_body_mgycm is None
    name = "total_dlp_head_mgycm" if is_head else "total_dlp_body_mgycm"
    return msgspec.structs.replace(table, total_dlp_mgycm=total_mgycm, **{name: total_mgycm})


def _identity(visit: Visit) -> Identity:
    """Return who the screen names, in the letters that old consoles have."""
    name = unicodedata.normalize("NFKD", visit.patient.name.split("=")[0].replace("^", " "))
    return Identity(
        patient_name=name.encode("ascii", "ignore").decode(),
        patient_id=visit.patient.id,
        accession_number=visit.study.accession_number,
        institution=visit.system.institution,
        model=visit.system.model,
    )


def _header(visit: Visit) -> dict[str, Any]:
    """Return what all objects of a study say, without what is of one series or object."""
    record = StudyRecord(
        kind="CT image",
        modality="CT",
        manufacturer=visit.system.manufacturer,
        model=visit.system.model,
        study=visit.study,
        device=visit.device,
        patient=visit.patient,
    )
    empty = ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID")
    return {name: value for name, value in attributes(record).items() if name not in empty}


def _image(visit: Visit, row: ScanRow, header: dict[str, Any], series_number: int) -> bytes:
    """Return one image of a scan, with what its header says of the exposure."""
    return companion({**header, **_exposure(visit, row)}, series_number)


def _slices(visit: Visit, table: ScreenTable, header: dict[str, Any]) -> Iterator[bytes]:
    """Yield images over the length of each scan, with CTDIvol and their place."""
    thickness_mm = 5.0
    for series_number, row in enumerate(table.rows, 2):
        length_mm = abs((row.end_mm or 0.0) - (row.start_mm or 0.0))
        exposure = _exposure(visit, row) | {
            "CTDIvol": row.ctdivol_mgy,
            "SliceThickness": thickness_mm,
            "PixelSpacing": [0.8, 0.8],
            "ImageOrientationPatient": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        }
        for number in range(1, round(length_mm / thickness_mm) + 1):
            place = {"ImagePositionPatient": [-200.0, -200.0, -thickness_mm * number]}
            yield companion({**header, **exposure, **place}, series_number, number)


def _exposure(visit: Visit, row: ScanRow) -> dict[str, Any]:
    system = visit.system
    spiral = row.acquisition_type == "Spiral Acquisition"
    return {
        "SeriesDescription": row.protocol,
        "ProtocolName": row.protocol,
        "AcquisitionNumber": row.series_number,
        "AcquisitionDate": visit.start.date(),
        "AcquisitionTime": visit.start.time(),
        "KVP": row.kvp,
        "XRayTubeCurrent": 200,
        "ExposureTime": round(1000 * system.rotation_time_s),
        "RevolutionTime": system.rotation_time_s,
        "SpiralPitchFactor": system.pitch if spiral else None,
        "AcquisitionType": "SPIRAL" if spiral else "SEQUENCED",
        "SingleCollimationWidth": system.collimation_mm[0],
        "TotalCollimationWidth": system.collimation_mm[1],
        "ExposureModulationType": "XYZ_EC",
    }

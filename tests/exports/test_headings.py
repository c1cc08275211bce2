"""Every export has the columns users of OpenREM know, in their order."""

import polars as pl
import pytest

from kerma.exports.columns import COLUMNS
from kerma.store.models import CtEvent, Study
from tests.exports.exported import export, headings, read_csv, read_sheet
from tests.query.hospital import ct_event, exposure, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hospital")]

BEFORE = ["Institution", "Manufacturer", "Model name", "Station name", "Display name",
          "Accession number", "Operator"]  # fmt: skip
AFTER = ["Age", "Sex", "Height (m)", "Mass (kg)", "Test patient?", "Study description",
         "Standard study name", "Requested procedure", "Study Comments", "No. events"]  # fmt: skip
COMMON = [*BEFORE, "Study date", "Study time", *AFTER]
OF_CT = """
Acquisition protocol|Standard acquisition name|Acquisition type|Exposure time (s)
Scanning length (mm)|Slice thickness (mm)|Total collimation (mm)|Pitch|Number of sources
CTDIvol (mGy)|CTDI phantom type|DLP (mGy.cm)|S1 Source name|S1 kVp|S1 mA|S1 Maximum mA
S1 Exposure time per rotation|S2 Source name|S2 kVp|S2 mA|S2 Maximum mA
S2 Exposure time per rotation|mA modulation type|Comments|Dose check alerts
"""
OF_DX = """
Protocol|Standard acquisition name|Anatomy|Image view|Exposure control mode|kVp|mAs|mA
Exposure time (ms)|Filters|Filter thicknesses (mm)|Exposure index|Target exposure index
Deviation index|Relative x-ray exposure|DAP (cGy.cm^2)|Entrance Exposure at RP (mGy)
SDD Detector Dist|SPD Patient Dist|SIsoD Isocentre Dist|Table Height|Comment
"""
OF_MG = """
View|View Modifier|Laterality|Acquisition|Standard acquisition name|Thickness
Radiological thickness|Force|Mag|Area|Mode|Target|Filter|Filter thickness|Focal spot size|kVp|mA
ms|uAs|ESD|AGD|% Fibroglandular tissue|Exposure mode description
"""
OF_RF = """
Time|Type|Protocol|Standard acquisition name|Plane|Field size|Filter material
Mean filter thickness (mm)|kVp|mA|Pulse width (ms)|Pulse rate|Number of pulses|Exposure time (ms)
Exposure duration (s)|DAP (cGy.cm^2)|Ref point dose (Gy)|Primary angle|Secondary angle
"""
OF_PLANE = """
DAP total (Gy.m^2)|Dose RP total (Gy)|Fluoro DAP total (Gy.m^2)|Fluoro dose RP total (Gy)
Fluoro duration total (s)|Acq. DAP total (Gy.m^2)|Acq. dose RP total (Gy)
Acq. duration total (s)|Number of events
"""
OF_GROUP = """
Type|Protocol|Standard acquisition name|No. exposures|Plane|Pulse rate|Field size|Filter material
Mean filter thickness (mm)|kVp min|kVp max|kVp mean|mA min|mA max|mA mean|pulse width min (ms)
pulse width max (ms)|pulse width mean (ms)|Exp time min (ms)|Exp time max (ms)|Exp time mean (ms)
DAP min (Gy.m^2)|DAP max (Gy.m^2)|DAP mean (Gy.m^2)|Ref point dose min (Gy)
Ref point dose max (Gy)|Ref point dose mean (Gy)|Primary angle min|Primary angle max
Primary angle mean|Secondary angle min|Secondary angle max|Secondary angle mean
"""


def split(text, prefix=""):
    return [f"{prefix}{name}" for line in text.split("\n") if line for name in line.split("|")]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_ct_has_a_row_for_each_study_with_its_events_to_the_right(tmp_path, suffix):
    export(tmp_path / f"ct.{suffix}", "CT")

    assert headings(tmp_path / f"ct.{suffix}") == [
        *COMMON, "Total DLP (mGy.cm)", *split(OF_CT, "E1 "), *split(OF_CT, "E2 ")
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_radiography_is_laid_out_so_too(tmp_path, suffix):
    export(tmp_path / f"dx.{suffix}", "DX")

    assert headings(tmp_path / f"dx.{suffix}") == [
        *COMMON, "DAP total (cGy.cm^2)", *split(OF_DX, "E1 "), *split(OF_DX, "E2 ")
    ]  # fmt: skip


def test_mammography_has_a_row_for_each_exposure_in_csv(tmp_path):
    export(tmp_path / "mg.csv", "MG")

    totals = ["AGD total left (mGy)", "AGD total right (mGy)"]
    assert headings(tmp_path / "mg.csv") == [*COMMON, *totals, *split(OF_MG)]
    assert [row["Thickness"] for row in read_csv(tmp_path / "mg.csv")] == ["30.0", "80.0", "35.0"]


def test_fluoroscopy_csv_has_the_totals_of_both_planes_and_the_physician(tmp_path):
    export(tmp_path / "rf.csv", "RF")

    assert headings(tmp_path / "rf.csv") == [
        *BEFORE, "Physician", "Study date", "Study time", *AFTER,
        *split(OF_PLANE, "A "), *split(OF_PLANE, "B "),
    ]  # fmt: skip
    _swallow, pci = read_csv(tmp_path / "rf.csv")
    assert (pci["Physician"], pci["A DAP total (Gy.m^2)"]) == ("Grey^Ann", "0.025")
    assert (pci["A Number of events"], pci["B Number of events"]) == ("2", "")


def test_fluoroscopy_workbook_has_groups_to_the_right_and_exposures_in_the_sheets(tmp_path):
    export(tmp_path / "rf.xlsx", "RF")

    found = headings(tmp_path / "rf.xlsx")
    study = found[: -2 * len(split(OF_GROUP))]
    assert found == [*study, *split(OF_GROUP, "G1 "), *split(OF_GROUP, "G2 ")]
    assert headings(tmp_path / "rf.xlsx", "coro_15") == [*study, *split(OF_RF)]


def test_nuclear_medicine_has_organ_doses_and_series_to_the_right(tmp_path):
    export(tmp_path / "nm.csv", "NM")
    export(tmp_path / "nm.xlsx", "NM")

    bone, fdg = read_csv(tmp_path / "nm.csv")
    assert (fdg["Administered activity (MBq)"], fdg["Organ Dose 1 (mGy)"]) == ("394.0", "51.2")
    assert fdg["Series 1 Reconstruction method"] == "PSF+TOF 4i5s"
    assert fdg["Radiopharmaceutical Start Time"] == "2026-03-10 08:40:30"
    assert fdg["Glucose (mmol/l)"] == "5.4"
    assert bone["Organ Dose 1 (mGy)"] == ""
    (row,) = read_sheet(tmp_path / "nm.xlsx", "pet_body")
    assert row["Organ Dose Finding Site 1"] == "Bladder"


@pytest.mark.parametrize("modality", sorted(COLUMNS))
def test_identity_is_left_out_unless_asked_for(tmp_path, modality):
    Study.objects.update(patient_name="Byron^Ada", patient_id="00042", birth_date="1990-02-01")
    for path in (tmp_path / f"out.{suffix}" for suffix in ("csv", "xlsx", "parquet", "json")):
        typed = path.suffix in {".parquet", ".json"}
        who = (
            {"patient_name", "patient_id", "birth_date"}
            if typed
            else {"Patient name", "Patient ID", "Date of birth"}
        )
        export(path, modality)
        assert not who & set(names(path))

        export(path, modality, identity=True)

        assert who <= set(names(path))
    assert {row["Patient ID"] for row in read_csv(tmp_path / "out.csv")} == {"00042"}
    assert {row["Patient ID"] for row in read_sheet(tmp_path / "out.xlsx", "All data")} == {"00042"}


def test_a_filter_by_patient_is_not_told_without_identity(tmp_path):
    from openpyxl import load_workbook

    export(tmp_path / "ct.xlsx", "CT", ("patient_id", "00042"))
    cells = [c.value for row in load_workbook(tmp_path / "ct.xlsx")["Summary"] for c in row]
    assert "Filter patient_id" in cells
    assert "00042" not in cells


def names(path):
    if path.suffix == ".parquet":
        return pl.read_parquet(path).columns
    if path.suffix == ".json":
        return pl.read_ndjson(path).columns
    return headings(path)


@pytest.mark.both_databases
def test_the_sheets_are_summary_all_data_and_protocols_in_alphabetical_order(tmp_path):
    from openpyxl import load_workbook

    export(tmp_path / "ct.xlsx", "CT", ("test_data", "exclude"))
    book = load_workbook(tmp_path / "ct.xlsx")

    assert book.sheetnames == [
        "Summary", "All data", "head_seq", "monitor", "thorax_ld", "topogram"
    ]  # fmt: skip
    summary = list(book["Summary"].iter_rows(values_only=True))
    facts = {row[0]: row[1] for row in summary[:8]}
    assert facts["Studies"] == 2
    assert facts["Exported by"] == "tester"
    assert facts["Filter test_data"] == "exclude"
    assert ("Thorax low dose", 1) in [row[:2] for row in summary]
    assert ("Thorax LD", 1, "thorax_ld") in [row[6:9] for row in summary]


def test_a_standard_name_has_a_sheet_of_its_own_beside_those_of_its_protocols(tmp_path):
    from openpyxl import load_workbook

    wanted = ("Thorax LD", "Head seq")
    CtEvent.objects.filter(acquisition_protocol__in=wanted).update(standard_name="Main scan")
    Study.objects.filter(study_instance_uid="ct-head").update(standard_name="Head")
    export(tmp_path / "ct.xlsx", "CT")

    rows = read_sheet(tmp_path / "ct.xlsx", "(standard)_main_scan")
    assert [row["Acquisition protocol"] for row in rows] == ["Head seq", "Thorax LD"]
    assert {row["Standard acquisition name"] for row in rows} == {"Main scan"}
    assert [row["Standard study name"] for row in rows] == ["Head", None]
    summary = load_workbook(tmp_path / "ct.xlsx")["Summary"].iter_rows(values_only=True)
    assert ("Main scan", 2, "(standard)_main_scan") in [row[10:13] for row in summary]


def test_protocols_with_several_values_have_a_sheet(tmp_path):
    store("one", "DX", events=(exposure(acquisition_protocol="Hand\\AP"),))
    export(tmp_path / "dx.xlsx", "DX")
    assert len(read_sheet(tmp_path / "dx.xlsx", "hand_|_ap")) == 1


def test_protocols_that_differ_in_case_share_a_sheet(tmp_path):
    store("one", "DX", events=(exposure(acquisition_protocol="Hand [AP]"),))
    store("two", "DX", events=(exposure(acquisition_protocol="HAND [ap]"), exposure()))

    export(tmp_path / "dx.xlsx", "DX")

    assert len(read_sheet(tmp_path / "dx.xlsx", "hand_(ap)")) == 2
    assert len(read_sheet(tmp_path / "dx.xlsx", "unknown")) == 1


def test_values_stand_where_they_belong_when_a_study_has_no_events(tmp_path):
    store("none", "CT", day="2026-04-02", study_description="Nothing")
    store("three", "CT", day="2026-04-01", study_description="Three",
          events=tuple(ct_event(dlp_mgycm=float(n)) for n in (1, 2, 3)))  # fmt: skip

    export(tmp_path / "ct.csv", "CT", ("date_from", "2026-04-01"))
    export(tmp_path / "ct.parquet", "CT", ("date_from", "2026-04-01"))

    nothing, three = read_csv(tmp_path / "ct.csv")
    assert (nothing["Study description"], nothing["E1 DLP (mGy.cm)"]) == ("Nothing", "")
    assert [three[f"E{n} DLP (mGy.cm)"] for n in (1, 2, 3)] == ["1.0", "2.0", "3.0"]
    frame = pl.read_parquet(tmp_path / "ct.parquet")
    assert frame["study_description"].to_list() == ["Nothing", "Three", "Three", "Three"]
    assert frame["event_dlp_mgycm"].to_list() == [None, 1.0, 2.0, 3.0]

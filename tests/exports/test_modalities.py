"""What is peculiar to a modality."""

import pytest

from kerma.records import Administration, Totals
from kerma.records.ct import CtSource, DoseCheck
from kerma.records.projection import Filter
from tests.exports.exported import export, read_csv, read_sheet
from tests.query.hospital import ct_event, exposure, store

pytestmark = pytest.mark.django_db


@pytest.mark.both_databases
def test_both_sources_of_a_dual_source_scanner_and_the_phantom(tmp_path):
    sources = (
        CtSource(source_id="A", kvp=80.0, tube_current_ma=300.0, max_tube_current_ma=400.0,
                 rotation_time_s=0.28),
        CtSource(source_id="B", kvp=140.0, tube_current_ma=150.0),
        CtSource(source_id="C", kvp=1.0),
    )  # fmt: skip
    store("dual", "CT", events=(
        ct_event(sources=sources, phantom_type="IEC Body Dosimetry Phantom",
                 phantom_type_code="113691"),
        ct_event(phantom_type="Something else", phantom_type_code="1"),
    ))  # fmt: skip
    export(tmp_path / "ct.csv", "CT")

    (row,) = read_csv(tmp_path / "ct.csv")
    assert [row[f"E1 S1 {n}"] for n in ("Source name", "kVp", "mA", "Maximum mA")] == [
        "A", "80.0", "300.0", "400.0"
    ]  # fmt: skip
    assert row["E1 S1 Exposure time per rotation"] == "0.28"
    assert (row["E1 S2 Source name"], row["E1 S2 kVp"]) == ("B", "140.0")
    assert (row["E1 CTDI phantom type"], row["E2 CTDI phantom type"]) == ("32 cm", "Something else")
    assert row["E2 S1 kVp"] == ""


def test_notifications_of_dose_check_are_told_as_alerts_are(tmp_path):
    check = DoseCheck(
        dlp_alert_configured=False, ctdivol_alert_configured=False,
        ctdivol_notification_configured=True, ctdivol_notification_value_mgy=30.0,
        ctdivol_forward_estimate_mgy=31.25, notification_reason="large patient",
        notification_person_name="Luuk",
    )  # fmt: skip
    store("check", "CT", events=(ct_event(dose_check=check), ct_event(dose_check=DoseCheck())))
    export(tmp_path / "ct.csv", "CT")

    (row,) = read_csv(tmp_path / "ct.csv")
    assert row["E1 Dose check alerts"].splitlines() == [
        "Dose check notifications:",
        "CTDIvol notification is configured at 30.0 mGy",
        "with a forward estimate of 31.25 mGy",
        "Reason for proceeding: large patient",
        "Person authorizing irradiation: Luuk",
    ]
    assert row.get("E2 Dose check alerts", "") == ""


@pytest.mark.both_databases
def test_the_two_planes_of_a_biplane_system_have_totals_of_their_own(tmp_path):
    planes = (
        Totals(plane="Plane A", dap_gym2=0.003, rp_dose_gy=0.2, fluoro_time_s=400.0),
        Totals(plane="Plane B", dap_gym2=0.001, rp_dose_gy=0.1, acquisition_time_s=12.0),
    )
    events = [exposure("Fluoroscopy", acquisition_plane=f"Plane {p}") for p in "AABAB"]
    store("biplane", "RF", totals=Totals(dap_gym2=0.004, rp_dose_gy=0.3, planes=planes),
          events=tuple(events))  # fmt: skip
    export(tmp_path / "rf.csv", "RF")

    (row,) = read_csv(tmp_path / "rf.csv")
    assert (row["A DAP total (Gy.m^2)"], row["B DAP total (Gy.m^2)"]) == ("0.003", "0.001")
    assert (row["A Dose RP total (Gy)"], row["B Dose RP total (Gy)"]) == ("0.2", "0.1")
    assert (row["A Number of events"], row["B Number of events"]) == ("3", "2")
    assert (row["A Fluoro duration total (s)"], row["B Acq. duration total (s)"]) == (
        "400.0", "12.0"
    )  # fmt: skip


def test_similar_exposures_are_one_group_in_the_workbook(tmp_path):
    copper = (Filter(material="Copper", thickness_min_mm=0.1, thickness_max_mm=0.3),)
    near = {"acquisition_protocol": "Card", "pulse_rate_per_s": 15.0, "filters": copper}
    store("pci", "RF", events=(
        exposure("Fluoroscopy", primary_angle_deg=10.0, secondary_angle_deg=0.0, kvp=70.0,
                 dap_gym2=1e-5, **near),
        exposure("Fluoroscopy", primary_angle_deg=40.0, secondary_angle_deg=0.0, kvp=99.0, **near),
        exposure("Fluoroscopy", primary_angle_deg=14.0, secondary_angle_deg=4.0, kvp=80.0,
                 dap_gym2=3e-5, **near),
    ))  # fmt: skip
    export(tmp_path / "rf.xlsx", "RF")

    (row,) = read_sheet(tmp_path / "rf.xlsx", "All data")
    assert (row["G1 No. exposures"], row["G2 No. exposures"]) == (2, 1)
    assert [row[f"G1 kVp {n}"] for n in ("min", "max", "mean")] == [70, 80, 75]
    assert row["G1 DAP mean (Gy.m^2)"] == pytest.approx(2e-5)
    assert (row["G1 Filter material"], row["G1 Mean filter thickness (mm)"]) == ("Cu", "0.2000")
    assert (row["G1 Primary angle min"], row["G1 Primary angle max"]) == (10, 14)
    assert [one["kVp"] for one in read_sheet(tmp_path / "rf.xlsx", "card")] == [70, 99, 80]


def test_each_administration_of_a_study_has_a_row(tmp_path):
    store("rest-stress", "NM", study_description="Myocardial perfusion", events=(
        Administration(administration_event_uid="1", administered_activity_mbq=250.0),
        Administration(administration_event_uid="2", administered_activity_mbq=750.0),
    ))  # fmt: skip
    export(tmp_path / "nm.xlsx", "NM")

    rows = read_sheet(tmp_path / "nm.xlsx", "myocardial_perfusion")
    assert [row["Administered activity (MBq)"] for row in rows] == [250, 750]
    assert rows == read_sheet(tmp_path / "nm.xlsx", "All data")


def test_values_of_images_stand_where_those_of_reports_do(tmp_path):
    store("mg", "MG", events=(
        exposure(entrance_dose_mgy=5.071, derived={"collimated_field_area_m2": 0.043739},
                 exposure_mas=51.8, anode_target="Tungsten or Tungsten compound",
                 view_modifiers=("magnification", "spot")),
        exposure(entrance_exposure_at_rp_mgy=4.0, entrance_dose_mgy=9.0),
    ))  # fmt: skip
    export(tmp_path / "mg.csv", "MG")

    image, report = read_csv(tmp_path / "mg.csv")
    assert (image["ESD"], report["ESD"]) == ("5.071", "4.0")
    assert (image["Area"], image["uAs"], image["Target"]) == ("0.043739", "51800.0", "W")
    assert image["View Modifier"] == "magnification | spot"

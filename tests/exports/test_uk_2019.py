"""The UK surveys of 2019: each column holds what the survey asks for, where its form has it."""

import datetime as dt

import pytest

from kerma.records import CtSource, Patient, Totals
from kerma.records.projection import Filter
from tests.exports.special import exported, sheet, take_in
from tests.query.hospital import ct_event, exposure, store

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path


def letter(name):
    """Return the index of a spreadsheet column."""
    index = 0
    for one in name:
        index = index * 26 + ord(one) - 64
    return index - 1


def spiral(dlp, **values):
    return ct_event(
        scanning_length_mm=400.0, bottom_z_location_of_scanning_length_mm=-200.0,
        top_z_location_of_scanning_length_mm=200.0, kvp=120.0, phantom_type="IEC Body",
        phantom_type_code="113691", ctdivol_mgy=5.0, dlp_mgycm=dlp, **values,
    )  # fmt: skip


ADULT = Patient(age_years=61.0, weight_kg=70.0, height_m=1.7)


def test_ct_series_stand_to_the_right_without_localisers(db):
    store(
        "ct", "CT", patient=ADULT, totals=Totals(dlp_mgycm=452.0),
        events=(
            ct_event("Constant Angle Acquisition", dlp_mgycm=2.0),
            spiral(200.0),
            spiral(250.0, sources=(CtSource(kvp=140.0), CtSource(kvp=100.0))),
        ),
    )  # fmt: skip

    head, row = sheet(exported("uk-ct-2019", "CT")[0])

    assert row[:4] == [1, 61, 70, 170]
    assert row[4:12] == [400, -200, 200, 120, "32 cm", None, 5, 200]
    assert row[12:20] == [400, -200, 200, "140 | 100", "32 cm", None, 5, 250]
    assert row[20:36] == [None] * 16
    assert head[letter("AK")].startswith("Total DLP")
    assert head[letter("AL")] == "Patient comments"
    assert (row[letter("AK")], row[letter("AL")]) == (452, "Series types: Spiral Acquisition")


def test_ct_series_beyond_four_follow_the_comments(db):
    store("ct", "CT", patient=ADULT, totals=Totals(dlp_mgycm=21.0),
          events=tuple(spiral(float(number)) for number in range(1, 7)))  # fmt: skip

    row = sheet(exported("uk-ct-2019", "CT")[0])[1]

    assert [row[place] for place in (11, 19, 27, 35)] == [1, 2, 3, 4]
    assert row[letter("AK")] == 21
    assert [row[letter("AM") + place] for place in (7, 15)] == [5, 6]


def test_patients_of_the_other_survey_are_told(db):
    store("adult", "CT", patient=ADULT, events=(spiral(1.0),))
    store("child", "CT", patient=Patient(age_years=7.5), events=(spiral(1.0),))

    adults = exported("uk-ct-2019", "CT")[1]
    assert adults.notes == ("Patients younger than 16 years, who belong into the other survey: 1.",)
    children = exported("uk-ct-2019", "CT", form="paediatric")[1]
    assert "of 16 years and older" in children.notes[0]


def radiograph(number, **values):
    return exposure(
        acquisition_protocol=f"View {number}", dap_gym2=number * 1e-6, kvp=70.0 + number,
        exposure_mas=2.5, source_to_detector_mm=1150.0, exposure_index=252.118,
        view="antero-posterior", exposure_control_mode="AUTOMATIC", grid=("Focused grid",),
        grid_focal_distance_mm=1100.0, patient_orientation="recumbent",
        patient_orientation_modifier="supine",
        filters=(
            Filter(material="Aluminum or Aluminum compound",
                   thickness_min_mm=0.94, thickness_max_mm=1.06),
            Filter(material="Copper or Copper compound",
                   thickness_min_mm=0.194, thickness_max_mm=0.206),
        ),
        **values,
    )  # fmt: skip


def films(label, count, day="2026-03-01"):
    return store(
        label, "DX", day=day,
        patient=Patient(age_years=40.0, weight_kg=80.0, sex="M", height_m=1.8),
        study_description="Chest", requested_procedure="XR chest",
        performed_procedure_step_description="Chest PA",
        totals=Totals(dap_gym2=sum(range(1, count + 1)) * 1e-6),
        events=tuple(radiograph(number) for number in range(1, count + 1)),
    )  # fmt: skip


def test_a_single_projection_is_one_row(db):
    number = films("dx", 1)

    head, row = sheet(exported("uk-dx-2019", "DX")[0])

    cells = dict(zip(head, row, strict=True))
    assert row[1:3] == [1, number]
    assert row[3].date() == dt.date(2026, 3, 1)
    assert cells["Projection DAP dose"] == 1.0
    assert cells["DAP dose units"] == "cGy·cm²"
    assert cells["Protocol name"] == "Chest PA | XR chest | Chest | View 1"
    assert [cells[name] for name in ("Patient weight", "Patient age", "Sex", "Height")] == [
        80, 40, "M", 1.8,
    ]  # fmt: skip
    assert [cells[name] for name in ("FDD", "kVp", "mAs")] == [115, 71, 2.5]
    assert cells["Grid used"] == "Focused grid, focal distance 1100 mm"
    assert cells["Filtration in mm Al"] == "Al 1, Cu 0.2"
    assert cells["Patient position"] == "recumbent, supine"
    assert cells["Other projection info"] == "EI: 252.12 antero-posterior"


@pytest.mark.parametrize(("most", "places"), [(6, 6), (7, 20), (20, 20), (23, 20)])
def test_a_study_has_columns_for_six_or_for_twenty_projections(db, most, places):
    films("first", 2)
    films("second", most, "2026-03-02")

    data, made = exported("uk-dx-2019", "DX", rows="study")

    head, first, second = sheet(data)
    cells = dict(zip(head, second, strict=True))
    assert head.count("kVp") == places
    assert cells["number of projections"] == most
    assert cells["Study DAP dose"] == pytest.approx(most * (most + 1) / 2)
    assert first[14:17] == [1, 2, None]
    shown = min(most, places)
    assert second[14 : 14 + shown] == [pytest.approx(n) for n in range(1, shown + 1)]
    third = second[14 + places + 2 * 11 : 14 + places + 3 * 11] if most > 2 else []
    assert third[:1] == ["View 3"]
    assert bool(made.notes) == (most > 20)


def test_a_study_without_events_has_no_row(db):
    store("empty", "DX", day="2026-02-01")
    films("dx", 1)

    rows = sheet(exported("uk-dx-2019", "DX")[0])[1:]

    assert [row[1] for row in rows] == [1]


def test_fluoroscopy_has_its_units_in_row_4_and_its_studies_from_row_7(db):
    copper = Filter(material="Copper or Copper compound", thickness_max_mm=0.1)
    thick = Filter(material="Copper", thickness_max_mm=0.9)
    number = store(
        "rf", "RF", patient=Patient(age_years=70.0, weight_kg=90.0, sex="F", height_m=1.6),
        study_description="PCI", requested_procedure="Coronary",
        totals=Totals(dap_gym2=0.025, rp_dose_gy=2.5, fluoro_dap_gym2=0.02, fluoro_time_s=600.0,
                      fluoro_rp_dose_gy=2.0, acquisition_dap_gym2=0.005,
                      acquisition_rp_dose_gy=0.5),
        events=(
            exposure("Fluoroscopy", event_type_code="44491008", acquisition_protocol="FL",
                     fluoro_mode="Pulsed", pulse_rate_per_s=7.5, filters=(copper,),
                     field_of_view_mm=(220.0,), collimated_field_area_m2=0.01),
            exposure("Fluoroscopy", event_type_code="44491008", acquisition_protocol="FL",
                     fluoro_mode="Pulsed", pulse_rate_per_s=15.0, filters=(thick,),
                     field_of_view_mm=(160.0,), collimated_field_area_m2=0.04),
            exposure("Stationary Acquisition", event_type_code="113611", pulse_rate_per_s=4.0),
        ),
    )  # fmt: skip

    rows = sheet(exported("uk-rf-2019", "RF")[0])

    assert rows[3][5:9] == ["Gy·m²", None, "seconds", "Gy"]
    row = rows[6]
    assert row[1:3] == [1, number]
    assert row[3].date() == dt.date(2026, 3, 10)
    assert row[4:11] == [0.025, 0.02, 0.005, 600, 2.5, 2, 0.5]
    assert row[letter("L")] == "Coronary | PCI"
    assert (row[letter("M")], row[letter("O")], row[letter("P")], row[letter("Q")]) == (
        90, 70, "F", 1.6,
    )  # fmt: skip
    assert row[letter("R") : letter("W")] == ["FL", "Pulsed", "Multiple rates", 4, 1]
    assert row[letter("AB")] == "Area 0.0100 to 0.0400 m²"
    assert row[letter("AC")] == "220, 160 mm"
    assert row[letter("AE")] == "0.1 - 0.9 mm"
    assert row[letter("AQ")] == "Fluoro: 7.5 | 15.0 fps."
    assert len(rows) == 7


@pytest.mark.parametrize(
    ("name", "modality", "pattern"),
    [("uk-ct-2019", "CT", "CT-*"), ("uk-dx-2019", "DX", "DX-*"), ("uk-rf-2019", "RF", "RF-*")],
)
def test_real_studies_of_many_makers_have_a_row_each(shared_objects, name, modality, pattern):
    for path in sorted(shared_objects.glob(f"{pattern}.dcm")):
        try:
            take_in(path)
        except AssertionError:  # a further image of the same exposure
            continue

    data, made = exported(name, modality)

    assert made.rows == made.studies >= 3
    assert len([row for row in sheet(data) if isinstance(row[0 if modality == "CT" else 1], int)]
               ) == made.rows  # fmt: skip

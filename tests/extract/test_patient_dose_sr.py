import pytest

from kerma.dicom import write
from kerma.dicom.write import code, container, has_concept_mod, num, text, uidref
from kerma.errors import ContentError
from tests.extract.ct_reports import dcm, read

SITE = ("363698007", "SCT", "Finding Site")
LATERALITY = ("272741003", "SCT", "Laterality")
LUNG = ("39607008", "SCT", "Lung")
SKIN = ("39937001", "SCT", "Skin")
MEAN = dcm("128533", "Mean Absorbed Radiation Dose")
MAXIMUM = dcm("128531", "Maximum Absorbed Radiation Dose")
EQUIVALENT = dcm("128537", "Mean Equivalent Radiation Dose")
XRAY, NUCLEAR = (f"1.2.840.10008.5.1.4.1.1.88.{number}" for number in (67, 68))


def used(sop_class=XRAY, *events):
    """Return a methodology that names the report used."""
    row = write.image(dcm("128416", "SR Instance Used"), sop_class, "1.2.9", *events)
    row.ValueType = "COMPOSITE"
    model = container(
        dcm("128500"),
        code(dcm("128417"), dcm("128404", "Anthropomorphic Model")),
        code(dcm("128420"), dcm("128422", "Voxelized Radiation Transport Model")),
        num(dcm("128531"), 99, "Gy"),
    )
    method = container(
        dcm("128476"),
        code(dcm("128477"), ("D009010", "MSH", "Monte Carlo Method")),
        text(dcm("128482"), "Handbook, chapter 4"),
    )
    return container(dcm("128415"), row, model, method)


def estimate(*rows):
    return container(dcm("128402"), text(dcm("128403"), "Organ doses"), *rows)


def patient_report(*rows, **attributes):
    attributes.setdefault("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.73")
    title = dcm("128401", "Patient Radiation Dose Report")
    return write.document(container(title, *rows), **attributes)


def lung_dose(value=0.012, unit="Gy", concept=MEAN):
    return num(concept, value, unit, has_concept_mod(code(SITE, LUNG)))


def test_an_organ_dose_says_organ_quantity_and_how_it_was_estimated():
    event = uidref(dcm("128429"), "1.2.9.1")

    record = read(patient_report(estimate(lung_dose(), used(XRAY, event))))

    assert record.kind == "patient dose SR"
    (found,) = record.estimates
    assert (found.name, found.quantity) == ("Organ doses", "Mean Absorbed Radiation Dose")
    assert (found.organ, found.organ_code, found.dose_mgy) == ("Lung", "39607008", 12)
    assert found.dose_msv is None
    assert found.patient_model == "Anthropomorphic Model"
    assert found.radiation_transport_model == "Voxelized Radiation Transport Model"
    assert (found.method_types, found.methods) == (
        ("Monte Carlo Method",),
        ("Handbook, chapter 4",),
    )
    assert (found.reports_used, found.events_used) == (("1.2.9",), ("1.2.9.1",))


def test_equivalent_doses_are_kept_apart_from_absorbed_ones():
    (found,) = read(patient_report(estimate(lung_dose(3, "mSv", EQUIVALENT)))).estimates

    assert (found.dose_msv, found.dose_mgy) == (3, None)


def test_the_organ_may_be_said_once_for_several_doses():
    side = code(LATERALITY, ("7771000", "SCT", "Left"))
    rows = container(
        dcm("113517"), code(SITE, LUNG, side), num(MEAN, 1, "mGy"), num(MAXIMUM, 2, "mGy")
    )

    found = read(patient_report(estimate(rows))).estimates

    assert [(each.organ, each.laterality, each.dose_mgy) for each in found] == [
        ("Lung", "Left", 1),
        ("Lung", "Left", 2),
    ]


def test_a_skin_dose_map_is_of_fluoroscopy():
    form = container(dcm("128412"), code(dcm("128413"), dcm("128485", "Skin Dose Map")))
    peak = num(MAXIMUM, 1.8, "Gy", has_concept_mod(code(SITE, SKIN)))

    record = read(patient_report(estimate(peak, form)))

    assert (record.modality, record.estimates[0].dose_mgy) == ("RF", 1800)
    assert record.estimates[0].representations == ("Skin Dose Map",)


def test_the_modality_is_that_of_the_reports_used():
    assert read(patient_report(estimate(lung_dose(), used(NUCLEAR)))).modality == "NM"


def test_a_modality_that_is_not_said_is_noted():
    record = read(patient_report(estimate(lung_dose(), used(XRAY))))

    assert record.modality == "CT"
    assert any("does not say of which modality" in note for note in record.notes)


def test_one_effective_dose_is_the_study_s():
    effective = num(dcm("113839"), 4.5, "mSv")

    assert read(patient_report(estimate(effective))).totals.effective_dose_msv == 4.5
    twice = patient_report(estimate(effective), estimate(effective))
    assert read(twice).totals.effective_dose_msv is None


@pytest.mark.parametrize("unit", ["rem", ""])
def test_a_dose_without_or_in_an_unknown_unit_is_refused(unit):
    """The template allows Gy and Sv (CID 10071), so that an absent unit could be either."""
    made = patient_report(estimate(lung_dose(unit=unit)))

    with pytest.raises(ContentError, match=f"'{unit}', which cannot be read as mGy or mSv"):
        read(made)


def test_a_report_of_another_class_is_known_by_its_title():
    made = patient_report(estimate(lung_dose()), SOPClassUID="1.2.840.10008.5.1.4.1.1.88.33")

    assert read(made).kind == "patient dose SR"

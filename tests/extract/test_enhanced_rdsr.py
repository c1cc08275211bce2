"""Enhanced X-ray dose reports (TID 10040 to 10054)."""

import pytest

from kerma.dicom.write import (
    code,
    container,
    datetime_,
    document,
    has_concept_mod,
    num,
    text,
    uidref,
)
from kerma.errors import NoDose
from tests.extract.projection_reports import (
    AGD,
    DAP_TOTAL,
    KVP,
    RP_DOSE,
    RP_TOTAL,
    read,
    x_ray_filter,
)

ENHANCED = "1.2.840.10008.5.1.4.1.1.88.76"
FLUOROSCOPY = ("44491008", "SCT", "Fluoroscopy")
CONE_BEAM = ("717193008", "SCT", "Cone beam computed tomography")
SOURCE = ("113832", "DCM", "Identification of the X-Ray Source")
STARTED = ("111526", "DCM", "DateTime Started")
ENDED = ("111527", "DCM", "DateTime Ended")


def period(start, end, source="A"):
    """Return the rows that every group has: when, and which source."""
    return (
        datetime_(STARTED, f"20240102{start}"),
        datetime_(ENDED, f"20240102{end}"),
        text(SOURCE, source),
    )


def totals(*rows, source="A"):
    return container(("130500", "DCM", "Accumulated Dose Data"), text(SOURCE, source), *rows)


def summary(uid, start, end, *rows, kind=("113613", "DCM", "Rotational Acquisition"), source="A"):
    return container(
        ("130501", "DCM", "Irradiation Event Summary Data"),
        uidref(("113769", "DCM", "Irradiation Event UID"), uid),
        *period(start, end, source),
        code(("113721", "DCM", "Irradiation Event Type"), kind),
        *rows,
    )


def technique(start, end, *rows, source="A"):
    return container(("130511", "DCM", "Radiation Technique"), *period(start, end, source), *rows)


def details(start, end, *groups):
    return container(("130505", "DCM", "Irradiation Details"), *period(start, end)[:2], *groups)


def enhanced(*rows, procedure=CONE_BEAM, sop_class=ENHANCED):
    reported = code(("121058", "DCM", "Procedure reported"), procedure)
    root = container(
        ("113701", "DCM", "X-Ray Radiation Dose Report"),
        has_concept_mod(reported),
        *rows,
        template="10040",
    )
    return document(root, SOPClassUID=sop_class)


def test_totals_and_event_summaries_are_read():
    found = read(
        enhanced(
            totals(num(DAP_TOTAL, 2e-4, "Gy.m2"), num(RP_TOTAL, 5, "mGy")),
            summary("1.2.3", "100000", "100010", num(RP_DOSE, 5, "mGy"), num(AGD, 1, "mGy")),
        )
    )

    assert found.kind == "enhanced RDSR"
    assert (found.totals.dap_gym2, found.totals.rp_dose_gy) == (2e-4, pytest.approx(0.005))
    event = found.events[0]
    assert (event.irradiation_event_uid, event.event_type) == ("1.2.3", "Rotational Acquisition")
    assert event.date_time_started.isoformat() == "2024-01-02T10:00:00"
    assert event.date_time_ended.isoformat() == "2024-01-02T10:00:10"
    assert (event.rp_dose_gy, event.agd_mgy) == (pytest.approx(0.005), 1)
    assert event.xray_source_id == "A"


def test_details_join_the_event_of_their_source_and_time():
    found = read(
        enhanced(
            totals(),
            summary("1.1", "100000", "100010"),
            summary("1.2", "110000", "110010"),
            summary("1.3", "100000", "100010", source="B"),
            details(
                "100000",
                "110010",
                technique("100000", "100005", num(KVP, 90, "kV")),
                technique("100005", "100010", num(KVP, 100, "kV")),
                technique("110000", "110010", num(KVP, 120, "kV")),
                technique("100000", "100010", num(KVP, 70, "kV"), source="B"),
                x_ray_filter(),
            ),
        )
    )

    first, second, other = found.events
    assert (first.kvp_values, first.kvp) == ((90, 100), 95)
    assert (second.kvp, other.kvp) == (120, 70)
    assert [len(each.filters) for each in found.events] == [1, 1, 1]
    assert first.date_time_started.isoformat() == "2024-01-02T10:00:00"
    assert found.start_of_irradiation.isoformat() == "2024-01-02T10:00:00"
    assert found.end_of_irradiation.isoformat() == "2024-01-02T11:00:10"


def test_totals_of_two_sources_are_added_unless_a_container_names_both():
    a = totals(num(DAP_TOTAL, 1e-5, "Gy.m2"), num(RP_TOTAL, 0.1, "Gy"))
    b = totals(num(DAP_TOTAL, 2e-5, "Gy.m2"), num(RP_TOTAL, 0.2, "Gy"), source="B")
    both = totals(num(DAP_TOTAL, 3.1e-5, "Gy.m2"), source="A and B")

    assert read(enhanced(a, b)).totals.dap_gym2 == pytest.approx(3e-5)
    found = read(enhanced(a, b, both)).totals
    assert found.dap_gym2 == 3.1e-5
    assert found.rp_dose_gy == pytest.approx(0.3)
    assert [each.plane for each in found.planes] == ["A", "B"]


@pytest.mark.parametrize(
    ("procedure", "modality"),
    [
        (FLUOROSCOPY, "RF"),
        (("71651007", "SCT", "Mammography"), "MG"),
        (("77477000", "SCT", "Computed tomography"), "CT"),
        (("168537006", "SCT", "Plain radiography"), "DX"),
        (("1290849002", "SCT", "Dental radiography"), "DX"),
        (CONE_BEAM, "DX"),
    ],
)
def test_the_procedure_reported_gives_the_modality(procedure, modality):
    assert read(enhanced(totals(), procedure=procedure)).modality == modality


def test_cone_beam_with_fluoroscopy_is_fluoroscopy():
    fluoroscopy = summary("1.1", "100000", "100010", kind=FLUOROSCOPY)

    assert read(enhanced(totals(), fluoroscopy)).modality == "RF"


def test_the_content_is_recognised_in_another_class():
    found = read(enhanced(totals(), sop_class="1.2.840.10008.5.1.4.1.1.88.34"))

    assert found.kind == "enhanced RDSR"


def test_an_empty_report_carries_no_dose():
    with pytest.raises(NoDose, match="neither totals nor irradiation events"):
        read(enhanced())

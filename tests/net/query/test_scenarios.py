"""The filtering logic as given, when, then: what is fetched of a study with these series."""

import pytest

from kerma.net.ask.answers import StudyAnswer
from kerma.net.ask.selection.already import without_known
from kerma.net.ask.selection.study_level import ignores_modality, study_level
from kerma.net.wanted import Wanted
from tests.net.query.selecting import (
    BASIC,
    CAPTURE,
    ESR,
    RDSR,
    RRDSR,
    Node,
    S,
    chosen,
    places,
    series_at,
)

MG = "1.2.840.10008.5.1.4.1.1.1.2"
CR = "1.2.840.10008.5.1.4.1.1.1"
PT = "1.2.840.10008.5.1.4.1.1.128"
NM = "1.2.840.10008.5.1.4.1.1.20"

PHILIPS = (
    S("CT", number=1, description="Surview"),
    S("CT", number=300, description="Thorax"),
    S("SC", CAPTURE, 1, "Dose Info"),
)
NAMELESS = tuple(each._replace(description="") for each in PHILIPS)
ALL_CT = (
    S("SR", RDSR, 1, "Dose report"),
    S("SR", ESR, 1, "Dose page"),
    S("SR", BASIC, 1, "Findings"),
    S("CT", CAPTURE, 1, "Dose Info"),
    S("CT", number=300, description="Thorax"),
)


def _without(*places: int) -> tuple[S, ...]:
    """ALL_CT with other modalities at these places, so that the others keep theirs."""
    blank = S("PR", "1.2.840.10008.5.1.4.1.1.11.1", 1, "Presentation")
    return tuple(blank if place in places else each for place, each in enumerate(ALL_CT, 1))


NO_NAMES = tuple(
    each._replace(description="") if each.modality == "CT" else each for each in _without(1, 2)
)
DOSE_INFO_NAMELESS = tuple(
    each._replace(description="") if each.description == "Dose Info" else each
    for each in _without(1, 2)
)
UNKNOWN_SR = (S("PR"), S("SR", None, 1, "Report"), S("PR"), *ALL_CT[3:])

TABLE = {
    "Philips CT with descriptions": ("CT", PHILIPS, {}, [3]),
    "Philips CT without descriptions": ("CT", NAMELESS, {}, [1, 3]),
    "CT without dose info": ("CT", PHILIPS[:2], {}, []),
    "Philips CT with SR": ("CT", (*PHILIPS, S("SR", RDSR)), {}, [4]),
    "MG no SR": ("MG", (S("MG", MG, 4),), {}, [1]),
    "MG with RDSR and basic SR": (
        "MG",
        (S("MG", MG, 4), S("SR", RDSR), S("SR", BASIC)),
        {},
        [2],
    ),
    "CR with basic SR only": ("DX", (S("CR", CR), S("SR", BASIC)), {}, [1]),
    "DX with RDSR, ESR and basic SR": (
        "DX",
        (S("DX", CR), S("SR", RDSR), S("SR", ESR), S("SR", BASIC)),
        {},
        [2],
    ),
    "RF with basic SR only": ("RF", (S("RF"), S("SR", BASIC)), {}, []),
    "XA with ESR and basic SR": ("RF", (S("XA"), S("SR", ESR), S("SR", BASIC)), {}, [2]),
    "MG with SR of unknown class": ("MG", (S("MG", MG, 4), S("SR", None)), {}, [1]),
    "MG with SR of unknown class, empty SR": (
        "MG",
        (S("MG", MG, 4), S("SR", None)),
        {"empty_sr": True},
        [2],
    ),
    "NM with RRDSR, PT and NM images": (
        "NM",
        (S("SR", RRDSR), S("PT", PT, 200), S("NM", NM)),
        {},
        [1, 2],
    ),
    "NM without report, PT and NM": ("NM", (S("PT", PT, 200), S("NM", NM)), {}, [1]),
    "NM images only": ("NM", (S("NM", NM),), {}, [1]),
    "CT with RDSR, ESR, basic SR, Dose Info and axial": ("CT", ALL_CT, {}, [1]),
    "CT, RDSR removed": ("CT", _without(1), {}, [2]),
    "CT, ESR removed too": ("CT", _without(1, 2), {}, [4]),
    "CT, no series has a description": ("CT", NO_NAMES, {}, [4]),
    "CT, Dose Info alone has no description": ("CT", DOSE_INFO_NAMELESS, {}, [4]),
    "CT with one SR of unknown class": ("CT", UNKNOWN_SR, {}, [4]),
    "CT with one SR of unknown class, empty SR": ("CT", UNKNOWN_SR, {"empty_sr": True}, [2]),
    "SR only, RDSR and basic SR": ("", (S("SR", RDSR), S("SR", BASIC)), {"sr_only": True}, [1]),
    "SR only, basic SR": ("", (S("SR", BASIC),), {"sr_only": True}, []),
    "SR only, ESR": ("", (S("SR", ESR),), {"sr_only": True}, [1]),
    "SR only, but the study has images": ("", (S("SR", RDSR), S("CT")), {"sr_only": True}, []),
    "PX images": ("DX", (S("PX", CR),), {}, [1]),
    "Another modality": ("CT", (S("US"),), {}, []),
    "Philips, description in capitals and with blanks": (
        "CT",
        (S("CT", number=300), S("CT", CAPTURE, 1, " DOSE  INFO ")),
        {},
        [2],
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_only_what_carries_the_dose_is_fetched(name):
    modality, series, options, expected = TABLE[name]
    wanted = Wanted(modalities=(modality,) if modality else (), **options)

    (study,) = chosen(series, wanted)

    assert places(study) == expected
    assert study.kept == bool(expected)


@pytest.mark.parametrize("name", TABLE)
def test_every_verdict_has_a_reason(name):
    modality, series, options, _ = TABLE[name]
    wanted = Wanted(modalities=(modality,) if modality else (), **options)

    (study,) = chosen(series, wanted)

    assert study.reason.endswith(".")
    assert all(each.reason.endswith(".") for each in study.series)


@pytest.mark.parametrize("name", TABLE)
def test_modalities_the_node_leaves_out_are_made_from_the_series(name):
    modality, series, options, expected = TABLE[name]
    wanted = Wanted(modalities=(modality,) if modality else (), **options)

    (study,) = chosen(series, wanted, modalities=())

    assert places(study) == expected


def test_modalities_made_from_the_series_are_those_of_all_series():
    series = (S("CT"), S("CT"), S("SC", CAPTURE), S("SR", RDSR))

    (study,) = chosen(series, Wanted(modalities=("CT",)), modalities=())

    assert set(study.answer.modalities) == {"CT", "SC", "SR"}


def test_a_cr_study_counts_as_dx():
    (study,) = chosen((S("CR", CR), S("SR", BASIC)), Wanted(modalities=("DX",)))

    assert study.modality == "DX"


def test_a_pet_ct_is_cut_into_a_ct_and_an_nm_part():
    series = (S("PT", PT, 200), S("CT", number=300), S("SR", RDSR))

    ct, nm = chosen(series, Wanted(modalities=("CT", "NM")))

    assert (ct.modality, places(ct)) == ("CT", [3])
    assert (nm.modality, places(nm)) == ("NM", [1])
    assert {each.answer.modality for each in ct.series} == {"CT", "SR"}
    assert {each.answer.modality for each in nm.series} == {"PT", "SR"}
    assert "PT" not in ct.answer.modalities
    assert "CT" not in nm.answer.modalities


def test_one_series_of_both_reports_of_a_pet_ct_gives_each_part_its_own():
    node = Node((S("PT", PT, 2), S("CT"), S("SR", RDSR, 2)))
    mixed = node.images(node.series()[2])
    node.images = lambda series: (  # type: ignore[method-assign]
        [mixed[0], type(mixed[1])(sop_instance_uid="1.2.3.2", sop_class_uid=RRDSR)]
        if series.modality == "SR"
        else []
    )

    ct, nm = chosen(node, Wanted(modalities=("CT", "NM")))

    kept_of_ct = [i.answer.sop_class_uid for i in series_at(ct, 3).images or () if i.kept]
    kept_of_nm = [i.answer.sop_class_uid for i in series_at(nm, 3).images or () if i.kept]
    assert (kept_of_ct, kept_of_nm) == ([RDSR], [RRDSR])


def test_a_report_of_a_study_of_two_modalities_is_fetched_once():
    series = (S("CT", number=300), S("DX", CR), S("SR", RDSR))

    ct, dx = chosen(series, Wanted(modalities=("CT", "DX")))

    assert (places(ct), places(dx)) == ([3], [])
    assert "CT part" in series_at(dx, 3).reason


def test_toshiba_takes_the_first_image_of_each_series_and_whole_dose_screens():
    series = (S("CT", number=300, description="Body"), S("CT", CAPTURE, 3, "Screen"))

    (study,) = chosen(series, Wanted(modalities=("CT",), toshiba=True))

    body, screens = study.series
    assert body.by_image
    assert [i.answer.instance_number for i in body.images or () if i.kept] == [1]
    assert not screens.by_image
    assert screens.kept


@pytest.mark.parametrize(("description", "number"), [("Dose Report", 2), ("Patientenprotokoll", 2)])
def test_toshiba_takes_screens_whole_that_are_saved_as_ct_images(description, number):
    series = (
        S("CT", number=300, description="Body"),
        S("CT", number=number, description=description),
    )

    (study,) = chosen(series, Wanted(modalities=("CT",), toshiba=True))

    body, screens = study.series
    assert body.by_image
    assert not screens.by_image
    assert screens.kept


def test_toshiba_gives_way_to_a_report_and_to_dose_info():
    wanted = Wanted(modalities=("CT",), toshiba=True)

    (with_report,) = chosen((*PHILIPS, S("SR", RDSR)), wanted)
    (with_dose_info,) = chosen(PHILIPS, wanted)

    assert (places(with_report), places(with_dose_info)) == ([4], [3])


def test_toshiba_without_descriptions_keeps_what_may_be_dose_info():
    (study,) = chosen(NAMELESS, Wanted(modalities=("CT",), toshiba=True))

    assert places(study) == [1, 2, 3]
    assert not series_at(study, 3).by_image


@pytest.mark.parametrize(("number", "expected"), [(5, [1]), (6, [])])
def test_at_most_five_images_may_be_a_dose_summary(number, expected):
    (study,) = chosen((S("CT", number=number, description=""),), Wanted(modalities=("CT",)))

    assert places(study) == expected


def test_where_the_node_does_not_say_how_many_images_it_is_asked():
    node = Node((S("CT", number=None, description=""),))

    (study,) = chosen(node, Wanted(modalities=("CT",)))

    assert node.asked == ["1.2.1"]
    assert places(study) == [1]


def test_objects_are_asked_for_only_where_they_decide():
    node = Node(PHILIPS)

    chosen(node, Wanted(modalities=("CT",)))

    assert node.asked == []


def test_an_empty_series_of_reports_names_the_option_that_takes_it():
    (study,) = chosen((S("MG", MG), S("SR", None)), Wanted(modalities=("MG",)))

    assert "-emptysr" in series_at(study, 2).reason


def _listed(*modalities: tuple[str, ...]) -> list[StudyAnswer]:
    return [
        StudyAnswer(study_instance_uid=f"1.2.{place}", modalities=each)
        for place, each in enumerate(modalities)
    ]


def test_a_node_that_ignores_the_modality_is_noticed():
    answers = _listed(("CT",), ("MG",), ("US",))

    studies = study_level(answers, Wanted(modalities=("CT", "MG")))

    assert ignores_modality(answers, "CT")
    assert [study.kept for study in studies] == [True, True, False]


@pytest.mark.parametrize(
    "modalities", [("CT",), ("CT", "SR"), ("SR",), ("KO", "PR"), ()], ids="-".join
)
def test_studies_with_the_modality_and_stray_reports_are_no_sign_of_that(modalities):
    assert not ignores_modality(_listed(modalities), "CT")


def test_a_study_listed_twice_is_one():
    answers = [*_listed(("CT",), ("CT",)), *_listed(("CT",))]

    studies = study_level(answers, Wanted(modalities=("CT",)))

    assert [s.answer.study_instance_uid for s in studies] == ["1.2.0", "1.2.1"]


STATIONS = ("badstation", "goodstation", "GoodStation2", "", "")
DESCRIPTIONS = ("Imported  CT studies", "Test Response 2", "test response 3", "", "")


@pytest.mark.parametrize(
    "terms", [{"station_include": ("goodstation",)}, {"station_exclude": ("BADstation",)}]
)
def test_station_terms_keep_the_right_ones_and_those_without_a_name(terms):
    answers = [
        StudyAnswer(study_instance_uid=f"1.{n}", station_name=name)
        for n, name in enumerate(STATIONS)
    ]

    wanted = Wanted(modalities=("CT",), station_at_study_level=True, **terms)
    kept = [study.kept for study in study_level(answers, wanted)]

    assert kept == [False, True, True, True, True]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"description_exclude": ("import", "test response 3")}, [False, True, False, True, True]),
        ({"description_include": ("test",)}, [False, True, True, True, True]),
        ({"description_exclude": ("imported ct",)}, [False, True, True, True, True]),
    ],
)
def test_description_terms_are_parts_in_any_letter_case(terms, expected):
    answers = [
        StudyAnswer(study_instance_uid=f"1.{n}", study_description=text)
        for n, text in enumerate(DESCRIPTIONS)
    ]

    kept = [study.kept for study in study_level(answers, Wanted(modalities=("CT",), **terms))]

    assert kept == expected


HYBRID = (
    S("CT", number=300, station="MEDPC"),
    S("PT", PT, 200, station="SYMBIAT16"),
    S("SR", RDSR, station="MEDPC"),
)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [3]),
        ({"station_include": ("medpc",)}, [3]),
        ({"station_include": ("mixedctnm",)}, []),
        ({"station_include": ("mixedctnm",), "station_at_study_level": True}, [3]),
        ({"station_include": ("medpc",), "station_at_study_level": True}, []),
    ],
    ids=str,
)
def test_station_names_differ_between_study_and_series(options, expected):
    (study,) = chosen(HYBRID, Wanted(modalities=("CT",), **options), station="MIXEDCTNM")

    assert places(study) == expected


def test_what_is_here_is_dropped_and_the_rest_fetched_by_image():
    node = Node((S("DX", CR, 2),))
    (study,) = chosen(node, Wanted(modalities=("DX",)))

    left = without_known(study, {"1.2.1.1"}, node.images)

    (series,) = left.series
    assert left.kept
    assert series.by_image
    assert [i.answer.sop_instance_uid for i in series.images or () if i.kept] == ["1.2.1.2"]


def test_a_study_of_which_all_is_here_is_dropped():
    node = Node((S("SR", RDSR), S("CT", number=300)))
    (study,) = chosen(node, Wanted(modalities=("CT",)))

    left = without_known(study, {"1.2.1.1"}, node.images)

    assert not left.kept
    assert series_at(left, 1).reason == "It is here already."


def test_nothing_is_asked_of_a_study_of_which_nothing_is_here():
    node = Node((S("DX", CR, 2),))
    (study,) = chosen(node, Wanted(modalities=("DX",)))

    left = without_known(study, frozenset(), node.images)

    assert left == study
    assert node.asked == []

"""Texts into standard names: what fits, which of several rules holds, which patterns are safe."""

import time

import pytest

from kerma.store.name_patterns import LONGEST_TEXT, PatternError, check, compiled
from kerma.store.names import Mapping, Rule


def exact(text, name, *, field="study_description", precedence=100, modality="CT"):
    return Rule(modality, field, "exact", text, precedence, name)


def pattern(text, name, *, field="study_description", precedence=100, modality="CT"):
    return Rule(modality, field, "regex", text, precedence, name)


def named(rules, description="", request="", procedure="", modality="CT"):
    return Mapping(rules).study(modality, description, request, procedure)


def test_no_rule_gives_no_name():
    assert named([], "CT Head") == ""
    assert named([exact("CT Head", "Head")], "CT Heads") == ""


@pytest.mark.parametrize("text", ["CT HEAD", "ct head", "  CT   Head ", "CT\tHead"])
def test_case_and_white_space_do_not_matter(text):
    assert named([exact("CT Head", "Head")], text) == "Head"
    assert named([pattern("^ct head$", "Head")], text) == "Head"


def test_case_is_folded_in_all_alphabets():
    assert named([exact("CAVITÉ CRÂNIENNE", "Head")], "cavité crânienne") == "Head"
    assert named([exact("ΘΏΡΑΚΑΣ", "Chest")], "θώρακας") == "Chest"


def test_a_name_is_of_its_modality_only():
    assert named([exact("Chest", "Chest PA", modality="DX")], "Chest") == ""


def test_many_texts_of_several_fields_lead_to_one_name():
    rules = [
        exact("CT Head", "Head"),
        exact("Head wo contrast", "Head"),
        exact("CT HEAD PLAIN", "Head", field="requested_procedure"),
        pattern(r"\bbrain\b", "Head", field="procedure"),
    ]

    assert named(rules, "ct head") == "Head"
    assert named(rules, "", "CT head plain") == "Head"
    assert named(rules, "other", "other", "Brain, trauma") == "Head"


@pytest.mark.parametrize(
    ("rules", "name"),
    [
        ([pattern("head", "P", precedence=10), exact("CT head", "E", precedence=20)], "P"),
        ([pattern("head", "P"), exact("CT head", "E")], "E"),
        ([pattern("head", "P", field="study_description"),
          exact("request", "E", field="requested_procedure")], "E"),
        ([exact("request", "R", field="requested_procedure"), exact("CT head", "D")], "D"),
        ([exact("done", "X", field="procedure"),
          exact("request", "R", field="requested_procedure")], "R"),
        ([pattern("head", "b"), pattern("ct", "A")], "A"),
        ([pattern("head", "A", precedence=101), pattern("ct", "b", precedence=100)], "b"),
    ],
)  # fmt: skip
def test_precedence_then_exact_then_field_then_alphabet_decide(rules, name):
    for order in (rules, rules[::-1]):
        assert named(order, "CT head", "request", "done") == name


def test_acquisitions_are_named_one_by_one_and_each_name_once():
    rules = [
        exact("Thorax", "Chest", field="acquisition_protocol"),
        pattern("^chest", "Chest", field="acquisition_protocol"),
        exact("Topogram", "Scout", field="acquisition_protocol"),
    ]
    mapping = Mapping(rules)

    assert mapping.acquisition("CT", "thorax") == "Chest"
    assert mapping.acquisition("CT", "Monitoring") == ""
    assert mapping.acquisitions("CT", "Topogram\nThorax\nChest HR\nMonitoring") == "Scout\nChest"


@pytest.mark.parametrize(
    "text",
    [
        r"^CT (head|brain)\b", r"thorax.*abdo.*pelvis", r"[ck]nee (ap|lat)?", r"\d{3} ?mm",
        r"chest \(pa\)", r"^(?:xr )?hand", "über", r"[]a]bc", r"a{2,3}b",
    ],
)  # fmt: skip
def test_patterns_as_people_write_them_are_taken(text):
    check(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (r"(a+)+$", "endless time"),
        (r"(a|aa)+$", "endless time"),
        (r"(?:a?){30}a{30}", "endless time"),
        (r"((ab)*c)*", "endless time"),
        (r"(.*)\1", "refers back"),
        (r"(?P<x>a)(?P=x)", "not possible"),
        (r"(?=head)", "not possible"),
        (r".*.*.*.*x", "at most"),
        (r"a?a?a?a?a?a?a?b", "at most"),
        (r"head|", "every text"),
        (r".*", "every text"),
        (r"[a-", "no regular expression"),
        (r"*head", "no regular expression"),
        (r"(head", "no regular expression"),
        ("x" * 201, "at most 200"),
    ],
)
def test_patterns_that_could_hold_up_an_import_are_refused_with_the_reason(text, reason):
    began = time.perf_counter()
    with pytest.raises(PatternError, match=reason):
        check(text)

    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("text", [r"\w*\w*\w*!", r".*a.*a.*a!", r"^[a ]+[a ]+[a ]+x"])
def test_what_is_taken_is_quick_on_the_longest_text(text):
    """Either refused when written, or done in a fraction of a second on what it repeats."""
    try:
        check(text)
    except PatternError:
        return
    for unit in ("a", "a ", "0"):
        began = time.perf_counter()
        compiled(text).search((unit * LONGEST_TEXT)[:LONGEST_TEXT])

        assert time.perf_counter() - began < 0.5


def test_finding_a_name_of_a_known_text_takes_next_to_nothing():
    rules = [exact(f"text {n}", f"name {n % 40}") for n in range(2000)]
    rules += [pattern(f"^pattern {n}", "p") for n in range(100)]
    mapping = Mapping(rules)
    mapping.study("CT", "text 77", "", "")
    began = time.perf_counter()

    for _ in range(1000):
        mapping.study("CT", "text 77", "", "")

    assert (time.perf_counter() - began) / 1000 < 5e-5

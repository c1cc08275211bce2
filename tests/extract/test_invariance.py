"""What a report says does not depend on how it is encoded, spelled, ordered or labelled."""

import io
import os
import random
from functools import cache
from pathlib import Path

import pydicom
import pytest
from msgspec import to_builtins
from pydicom._dicom_dict import DicomDictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filewriter import write_sequence
from pydicom.sr._snomed_dict import mapping

from kerma.dicom.files import read_bytes
from kerma.dicom.write import TRANSFER_SYNTAXES, to_bytes
from kerma.errors import ContentError
from kerma.extract import record_of
from kerma.extract.base import DoseObject, sources

ROOT = os.environ.get("KERMA_TEST_DATA", "")
SAME_MAKE = (
    "ESR_non-dose",
    "CT-RDSR-Siemens-Multi-1",
    "CT-RDSR-Siemens-Multi-2",
    "DX-Im-GE_XR220-2",
    "DX-Im-GE_XR220-3",
    "MG-Im-GE_Seno_2_ForPresentation",
    "NM-PetIm-Siemens-2",
    "NM-PetIm-Siemens-3",
    "NM-PetIm-Siemens-3-sameseries",
    "RF-Pat-Orientation-Modifier-Missing",
    "RF-RDSR-Canon-Alphenix-rotational",
    "RF-RDSR-Siemens-Zee",
    "RF-RDSR-Siemens-Zee_adjusted",
    "RF-RDSR-Siemens_Zee-HFS",
)
"""Left out, because others are of the same make, or smaller."""
OBJECTS = [
    path
    for path in sorted(Path(ROOT, "dicom").glob("*.dcm") if ROOT else ())
    if path.stem not in SAME_MAKE
]
REPORTS = [path for path in OBJECTS if "SR-" in path.stem or "RF-" in path.stem]
ENHANCED, COMPREHENSIVE = "1.2.840.10008.5.1.4.1.1.88.22", "1.2.840.10008.5.1.4.1.1.88.33"
BOTH = ("SRT", "SCT")
MEASURED, UNITS = "MeasuredValueSequence", "MeasurementUnitsCodeSequence"


def name_of(path):
    return path.stem


def load(path):
    """Return the object without pixels, which bear on no record and not on every syntax."""
    ds = pydicom.dcmread(path, force=True)
    for tag in (0x7FE00010, 0xFFFCFFFC):
        if tag in ds:
            del ds[tag]
    return ds


def read(ds, syntax=TRANSFER_SYNTAXES[0]):
    return record_of(read_bytes(to_bytes(ds, syntax)))


@cache
def plain_record(path):
    """Return what an object says as it came."""
    return read(load(path))


LABELS = ("notes", "quirks")


def said(record, *but):
    """Return what a record says of the examination, less the names in `but`."""
    return _without(to_builtins(record), {*LABELS, *but})


def _without(value, names):
    if isinstance(value, dict):
        return {key: _without(each, names) for key, each in value.items() if key not in names}
    if isinstance(value, list | tuple):
        return [_without(each, names) for each in value]
    return round(value, 12) if isinstance(value, float) else value


def items_of(ds):
    """Return all content items below a report's root."""
    found = []
    for item in ds.get("ContentSequence", ()):
        found += [item, *items_of(item)]
    return found


def data_sets_of(ds):
    """Return a data set and all sequence items in it."""
    found = [ds]
    for element in ds:
        if element.VR == "SQ":
            for item in element.value:
                found += data_sets_of(item)
    return found


def codes_of(ds, *keywords):
    return [
        code for item in [ds, *items_of(ds)] for word in keywords for code in item.get(word, ())
    ]


def both(*paths):
    return pytest.mark.parametrize("path", paths, ids=name_of)


@both(*OBJECTS)
def test_exactly_one_source_accepts_each_object(path):
    found = DoseObject(read_bytes(to_bytes(load(path))).data_set)

    assert len([source.name for source in sources if source.accepts(found)]) == 1


# Encoding


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES[1:], ids=lambda syntax: syntax.name)
@both(*OBJECTS)
def test_the_transfer_syntax_changes_nothing(path, syntax):
    ds = load(path)
    for each in data_sets_of(ds):  # words cannot be swapped unless their size is known
        for element in list(each):
            if element.VR in ("UN", "OB", "OW", "US or SS", "OB or OW"):
                del each[element.tag]

    assert said(read(ds, syntax)) == said(plain_record(path))


@both(*OBJECTS)
def test_undefined_lengths_change_nothing(path):
    ds = load(path)
    plain = said(plain_record(path))
    for each in data_sets_of(ds):
        each.is_undefined_length_sequence_item = True
        for element in each:
            if element.VR == "SQ":
                element.is_undefined_length = True

    assert said(read(ds)) == plain


@both(*OBJECTS)
def test_a_sequence_of_unknown_representation_is_read(path, monkeypatch):
    """PS3.5 6.2.2: a gateway that does not know a sequence passes it on as UN, implicit inside."""
    ds = load(path)
    plain = said(plain_record(path))
    monkeypatch.setattr(pydicom.config, "replace_un_with_known_vr", False)
    for element in list(ds):
        if element.VR == "SQ" and element.tag in DicomDictionary:
            buffer = pydicom.filebase.DicomBytesIO()
            buffer.is_little_endian, buffer.is_implicit_VR = True, True
            write_sequence(buffer, element, ["iso8859"])
            ds[element.tag] = DataElement(element.tag, "UN", buffer.getvalue())

    assert said(read(ds)) == plain


@both(*OBJECTS)
def test_utf_8_says_the_same_as_other_character_sets(path):
    ds = load(path)
    plain = said(plain_record(path))
    ds.decode()
    for each in data_sets_of(ds):
        each.pop("SpecificCharacterSet", None)
    ds.SpecificCharacterSet = "ISO_IR 192"

    assert said(read(ds)) == plain


@both(*OBJECTS)
def test_an_object_without_file_meta_information_is_read(path):
    ds = load(path)
    bare = io.BytesIO()
    pydicom.dcmwrite(bare, Dataset(ds), implicit_vr=True, little_endian=True)

    assert said(record_of(read_bytes(bare.getvalue()))) == said(plain_record(path))


@both(*OBJECTS)
def test_private_elements_group_lengths_and_padding_change_nothing(path):
    ds = load(path)
    plain = said(plain_record(path))
    for each in data_sets_of(ds):
        each.add_new(0x00190010, "LO", "SOME MAKER")
        each.add_new(0x00191001, "UN", b"\1\2\3\4")
        each.add_new(0x00191002, "SQ", [Dataset()])
        each.add_new(0x00080000, "UL", 0)
    ds.add_new(0xFFFCFFFC, "OB", b"\0" * 16)

    assert said(read(ds)) == plain


@both(*OBJECTS)
def test_padding_of_values_changes_nothing(path):
    ds = load(path)
    plain = said(plain_record(path))
    for each in data_sets_of(ds):
        for element in each:
            short = isinstance(element.value, str) and len(element.value) < 15
            if element.VR in ("SH", "LO") and short:
                element.value = f"{element.value} "

    assert said(read(ds)) == plain


# Labels


@pytest.mark.parametrize("relationship", [None, "CONTAINS"])
@both(*REPORTS)
def test_relationship_types_are_not_needed(path, relationship):
    ds = load(path)
    plain = said(plain_record(path))
    for item in items_of(ds):
        item.pop("RelationshipType", None)
        if relationship is not None:
            item.RelationshipType = relationship

    assert said(read(ds)) == plain


@pytest.mark.parametrize("template", [None, "1"])
@both(*REPORTS)
def test_template_identifiers_are_not_needed(path, template):
    ds = load(path)
    plain = said(plain_record(path))
    for item in [ds, *items_of(ds)]:
        if template is None:
            item.pop("ContentTemplateSequence", None)
            item.pop("ContinuityOfContent", None)
        for each in item.get("ContentTemplateSequence", ()):
            each.TemplateIdentifier = template

    assert said(read(ds)) == plain


@pytest.mark.parametrize(
    "spelled", [str.lower, str.upper, lambda words: "?"], ids=("lower", "upper", "other")
)
@both(*REPORTS)
def test_the_meanings_of_concept_names_are_not_needed(path, spelled):
    ds = load(path)
    plain = said(plain_record(path))
    for code in codes_of(ds, "ConceptNameCodeSequence"):
        if not code.CodingSchemeDesignator.startswith("99"):
            code.CodeMeaning = spelled(code.CodeMeaning)

    assert said(read(ds)) == plain


@both(*[path for path in REPORTS if "RRDSR" not in path.stem])
def test_values_coded_by_the_standard_are_in_its_words(path):
    """The device's own words stand where they differ from the standard's in case only."""
    ds = load(path)
    reworded = {"113865"}
    plain = said(plain_record(path))
    for code in codes_of(ds, "ConceptCodeSequence"):
        if code.CodingSchemeDesignator == "DCM" and code.CodeValue not in reworded:
            code.CodeMeaning = "Übersetzt"

    assert _folded(said(read(ds))) == _folded(plain)


def _folded(value):
    if isinstance(value, dict):
        return {_folded(key): _folded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_folded(each) for each in value]
    return "".join(filter(str.isalnum, value)).casefold() if isinstance(value, str) else value


@pytest.mark.parametrize("where", ["ConceptNameCodeSequence", "ConceptCodeSequence"])
@both(*REPORTS)
def test_snomed_rt_and_snomed_ct_say_the_same(path, where):
    codes = ("anatomical_structure_code", "event_type_code", "view_code", "material_code",
             "target_region_code", "acquisition_type_code", "value", "scheme",
             "radionuclide_code", "organ_code")  # fmt: skip
    ds = load(path)
    plain = said(plain_record(path), *codes)
    for code in codes_of(ds, where):
        if code.CodingSchemeDesignator == "SRT" and code.CodeValue in mapping["SRT"]:
            code.CodeValue, code.CodingSchemeDesignator = mapping["SRT"][code.CodeValue], "SCT"

    assert said(read(ds), *codes) == plain


@both(*REPORTS)
def test_the_scheme_of_units_is_not_needed(path):
    ds = load(path)
    plain = said(plain_record(path))
    for item in items_of(ds):
        for measured in item.get(MEASURED, ()):
            for unit in measured.get(UNITS, ()):
                unit.pop("CodingSchemeDesignator", None)
                unit.pop("CodingSchemeVersion", None)

    assert said(read(ds)) == plain


@pytest.mark.parametrize("sop_class", [ENHANCED, COMPREHENSIVE])
@both(*[path for path in REPORTS if "RRDSR" not in path.stem])
def test_a_report_wrapped_in_a_general_class_says_the_same(path, sop_class):
    ds = load(path)
    plain = said(plain_record(path), "kind", "sop_class_uid")
    ds.SOPClassUID = sop_class

    assert said(read(ds), "kind", "sop_class_uid") == plain


@pytest.mark.parametrize("modality", [None, "CT", "XA"])
@both(*REPORTS)
def test_the_modality_of_a_report_is_not_needed(path, modality):
    ds = load(path)
    plain = said(plain_record(path))
    ds.pop("Modality", None)
    if modality is not None:
        ds.Modality = modality

    assert said(read(ds)) == plain


@both(*OBJECTS)
def test_the_request_says_the_same_in_either_sequence(path):
    ds = load(path)
    if "RequestAttributesSequence" not in ds or "ReferencedRequestSequence" in ds:
        return
    plain = said(plain_record(path))
    ds.ReferencedRequestSequence = ds.RequestAttributesSequence
    del ds.RequestAttributesSequence

    assert said(read(ds)) == plain


# Order and form of rows


@pytest.mark.parametrize("seed", range(2))
@both(*REPORTS)
def test_the_order_of_different_rows_means_nothing(path, seed):
    ds = load(path)
    plain = said(plain_record(path))
    chance = random.Random(seed)
    for item in [ds, *items_of(ds)]:
        if "ContentSequence" in item:
            groups = {}
            for row in item.ContentSequence:
                groups.setdefault(_concept(row), []).append(row)
            order = list(groups.values())
            chance.shuffle(order)
            item.ContentSequence = [row for group in order for row in group]

    assert said(read(ds)) == plain


def _concept(row):
    names = row.get("ConceptNameCodeSequence")
    return (names[0].get("CodeValue"), names[0].CodingSchemeDesignator) if names else None


def _without_value(item):
    item.MeasuredValueSequence = []


def _without_number(item):
    for measured in item.MeasuredValueSequence:
        measured.NumericValue = None


def _text_for_number(item):
    for measured in item.MeasuredValueSequence:
        del measured["NumericValue"]
        measured.add_new(0x0040A30A, "LO", "n/a")


def _without_sequence(item):
    del item.MeasuredValueSequence


@pytest.mark.parametrize(
    "emptied", [_without_value, _without_number, _text_for_number, _without_sequence]
)
@both(*REPORTS)
def test_a_number_left_empty_is_as_if_its_row_were_absent(path, emptied):
    chance = random.Random(path.stem)
    ds, absent = load(path), load(path)
    rows = [row for row in items_of(ds) if row.get("MeasuredValueSequence")]
    chosen = set(chance.sample(range(len(rows)), len(rows) // 3))
    for number, row in enumerate(rows):
        if number in chosen and "ContentSequence" not in row:
            emptied(row)
    rows = [row for row in items_of(absent) if row.get("MeasuredValueSequence")]
    gone = {id(row) for number, row in enumerate(rows) if number in chosen}
    _remove(absent, gone)

    assert said(read(ds)) == said(read(absent))


def _remove(ds, gone):
    """Take the rows whose ids are in `gone` out, unless there are rows below them."""
    if "ContentSequence" not in ds:
        return
    for row in ds.ContentSequence:
        _remove(row, gone)
    ds.ContentSequence = [
        row for row in ds.ContentSequence if id(row) not in gone or "ContentSequence" in row
    ]


@both(*REPORTS)
def test_a_code_left_empty_is_as_if_its_row_were_absent(path):
    chance = random.Random(path.stem)
    ds, absent = load(path), load(path)
    rows = [row for row in items_of(ds) if "ConceptCodeSequence" in row]
    chosen = set(chance.sample(range(len(rows)), len(rows) // 3))
    for number, row in enumerate(rows):
        if number in chosen and "ContentSequence" not in row:
            row.ConceptCodeSequence = []
    rows = [row for row in items_of(absent) if "ConceptCodeSequence" in row]
    _remove(absent, {id(row) for number, row in enumerate(rows) if number in chosen})

    assert said(read(ds)) == said(read(absent))


SCALED = {
    "mGy": ("Gy", 1e-3),
    "Gy": ("mGy", 1e3),
    "Gy.m2": ("uGy.m2", 1e6),
    "Gym2": ("dGy.cm2", 1e5),
    "mGy.cm": ("Gy.cm", 1e-3),
    "mm": ("cm", 0.1),
    "s": ("ms", 1e3),
    "ms": ("s", 1e-3),
    "mA": ("A", 1e-3),
    "uA.s": ("mA.s", 1e-3),
    "MBq": ("Bq", 1e6),
    "kV": ("V", 1e3),
}


@both(*REPORTS)
def test_another_unit_of_the_same_quantity_says_the_same(path):
    ds = load(path)
    plain = said(plain_record(path))
    for item in items_of(ds):
        if _concept(item)[1].startswith("99"):
            continue
        for measured in item.get(MEASURED, ()):
            unit = measured.get(UNITS, [Dataset()])[0].get("CodeValue")
            if unit in SCALED and measured.get("NumericValue") is not None:
                other, factor = SCALED[unit]
                number = measured["NumericValue"].value
                several = number if isinstance(number, pydicom.multival.MultiValue) else [number]
                measured.NumericValue = [f"{float(each) * factor:.9g}" for each in several]
                measured[UNITS][0].CodeValue = other

    assert _near(said(read(ds)), plain)


def _near(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_near(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_near, one, other))
    if isinstance(one, float):
        return one == pytest.approx(other, rel=1e-6)
    return one == other


@both(*REPORTS)
def test_an_unknown_unit_of_dose_is_refused(path):
    ds = load(path)
    doses = {"mGy", "Gy", "Gy.m2", "Gym2", "mGy.cm", "MBq"}
    for item in items_of(ds):
        for measured in item.get(MEASURED, ()):
            for unit in measured.get(UNITS, ()):
                if unit.get("CodeValue") in doses and measured.get("NumericValue") is not None:
                    unit.CodeValue = "bananas"
                    unit.CodeMeaning = "bananas"

    with pytest.raises(ContentError, match="bananas"):
        read(ds)

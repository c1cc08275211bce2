"""What an object says does not depend on how it is encoded, spelled or labelled."""

import io

import pydicom
import pytest
from pydicom._dicom_dict import DicomDictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filewriter import write_sequence
from pydicom.sr._snomed_dict import mapping

from kerma.dicom.files import read_bytes
from kerma.dicom.write import TRANSFER_SYNTAXES, to_bytes
from kerma.extract import record_of
from kerma.extract.base import DoseObject, sources
from tests.extract.shared_objects import (
    MEASURED,
    OBJECTS,
    REPORTS,
    UNITS,
    both,
    codes_of,
    data_sets_of,
    items_of,
    load,
    plain_record,
    read,
    said,
)


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


@pytest.mark.parametrize("sop_class", ["22", "33"])
@both(*[path for path in REPORTS if "RRDSR" not in path.stem])
def test_a_report_wrapped_in_a_general_class_says_the_same(path, sop_class):
    ds = load(path)
    plain = said(plain_record(path), "kind", "sop_class_uid")
    ds.SOPClassUID = f"1.2.840.10008.5.1.4.1.1.88.{sop_class}"

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

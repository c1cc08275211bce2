"""Codes, values and header attributes in, DICOM objects and Part 10 bytes out.

The functions are called like the rows of a template read (PS3.3 C.17.3, PS3.16):

    report = container(
        ("113701", "DCM", "X-Ray Radiation Dose Report"),
        has_concept_mod(code(("121058", "DCM", "Procedure reported"), CT_PROCEDURE)),
        container(
            ("113819", "DCM", "CT Acquisition"),
            text(("125203", "DCM", "Acquisition Protocol"), "Thorax"),
            container(CT_DOSE, num(DLP, 312.5, "mGy.cm")),
            template="10013",
        ),
        template="10011",
    )
    data = to_bytes(document(report, StudyInstanceUID=uid, PatientID="12345"))

Nothing is checked against a template, so that broken objects can be built as well as good ones.
"""

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pydicom
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    XRayRadiationDoseSRStorage,
    generate_uid,
)

from kerma.records import Code

Coded = Code | tuple[str, str, str]
"""A code as a record, or as (code value, coding scheme, code meaning)."""

TRANSFER_SYNTAXES = (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
"""The native transfer syntaxes (PS3.5 A) `to_bytes` can write."""


def dcm(value: str, meaning: str) -> tuple[str, str, str]:
    """Return a code of the DICOM dictionary (PS3.16 D)."""
    return value, "DCM", meaning


def container(
    concept: Coded, *children: Dataset | None, template: str = "", separate: bool = True
) -> Dataset:
    """Return a CONTAINER item; children that are None are left out.

    `template` is the DCMR template identifier, e.g. "10013"; `separate` the continuity of content.
    """
    item = _item("CONTAINER", concept, children, default_relationship="CONTAINS")
    item.ContinuityOfContent = "SEPARATE" if separate else "CONTINUOUS"
    if template:
        item.ContentTemplateSequence = [
            dataset(MappingResource="DCMR", TemplateIdentifier=template)
        ]
    return item


def num(
    concept: Coded, value: float | str | None, unit: str | Coded, *below: Dataset | None
) -> Dataset:
    """Return a NUM item in `unit`, a UCUM code or any other; None = no measured value (C.18.1)."""
    item = _item("NUM", concept, below)
    item.MeasuredValueSequence = []
    if value is not None:
        units = (unit, "UCUM", unit) if isinstance(unit, str) else unit
        item.MeasuredValueSequence = [
            dataset(NumericValue=decimal(value), MeasurementUnitsCodeSequence=units)
        ]
    return item


def code(concept: Coded, value: Coded, *below: Dataset | None) -> Dataset:
    """Return a CODE item; items `below` are its properties."""
    item = _item("CODE", concept, below)
    item.ConceptCodeSequence = [code_item(value)]
    return item


def text(concept: Coded, value: str, *below: Dataset | None) -> Dataset:
    """Return a TEXT item."""
    item = _item("TEXT", concept, below)
    item.TextValue = value
    return item


def uidref(concept: Coded, uid: str, *below: Dataset | None) -> Dataset:
    """Return a UIDREF item."""
    item = _item("UIDREF", concept, below)
    item.UID = uid
    return item


def datetime_(concept: Coded, value: dt.datetime | str, *below: Dataset | None) -> Dataset:
    """Return a DATETIME item."""
    item = _item("DATETIME", concept, below)
    item.DateTime = _plain(value, "DT")
    return item


def pname(concept: Coded, name: str, *below: Dataset | None) -> Dataset:
    """Return a PNAME item, `name` as Family^Given."""
    item = _item("PNAME", concept, below)
    item.PersonName = name
    return item


def image(
    concept: Coded | None, sop_class_uid: str, sop_instance_uid: str, *below: Dataset | None
) -> Dataset:
    """Return an IMAGE item that refers to an instance."""
    item = _item("IMAGE", concept, below)
    item.ReferencedSOPSequence = [
        dataset(ReferencedSOPClassUID=sop_class_uid, ReferencedSOPInstanceUID=sop_instance_uid)
    ]
    return item


def related(relationship: str, item: Dataset) -> Dataset:
    """Return `item` with this relationship to its parent, e.g. "INFERRED FROM"."""
    item.RelationshipType = relationship
    return item


def has_concept_mod(item: Dataset) -> Dataset:
    """Return `item` as a modifier of its parent's concept."""
    return related("HAS CONCEPT MOD", item)


def has_obs_context(item: Dataset) -> Dataset:
    """Return `item` as observation context of its parent."""
    return related("HAS OBS CONTEXT", item)


def document(root: Dataset, **attributes: Any) -> Dataset:
    """Return the SR document with this content tree and these header attributes, by keyword.

    UIDs that are not given are new. See `dataset` for the forms of values.
    """
    defaults: dict[str, Any] = {
        "Modality": "SR",
        "CompletionFlag": "COMPLETE",
        "VerificationFlag": "UNVERIFIED",
        "InstanceNumber": 1,
        "SeriesNumber": 1,
        "ReferencedPerformedProcedureStepSequence": [],
        "PerformedProcedureCodeSequence": [],
    }
    made = instance(XRayRadiationDoseSRStorage, **{**defaults, **attributes})
    for element in root:
        made.add(element)
    return made


def instance(sop_class_uid: str, **attributes: Any) -> Dataset:
    """Return an object of this class, with the attributes every patient's object must have."""
    defaults: dict[str, Any] = {
        "SpecificCharacterSet": "ISO_IR 192",
        "SOPClassUID": sop_class_uid,
        "SOPInstanceUID": None,
        "StudyInstanceUID": None,
        "SeriesInstanceUID": None,
        "StudyDate": "",
        "StudyTime": "",
        "AccessionNumber": "",
        "Manufacturer": "",
        "ReferringPhysicianName": "",
        "PatientName": "",
        "PatientID": "",
        "PatientBirthDate": "",
        "PatientSex": "",
        "StudyID": "",
    }
    given = {**defaults, **attributes}
    fresh = {key: generate_uid() for key, value in given.items() if value is None and "UID" in key}
    return dataset(**{**given, **fresh})


def dataset(**attributes: Any) -> Dataset:
    """Return a data set of attributes by DICOM keyword.

    Values may be text, numbers, dates, times, lists of these; for sequences a code, a mapping of
    attributes, a Dataset, or a list of these. None leaves the attribute out.
    """
    made = Dataset()
    for keyword, value in attributes.items():
        vr = dictionary_VR(keyword)
        if value is not None:
            setattr(made, keyword, _items(value) if vr == "SQ" else _plain(value, vr))
    return made


def code_item(value: Coded) -> Dataset:
    """Return an item of a code sequence (PS3.3 8.8); long code values go where they belong."""
    if isinstance(value, Code):
        value = (value.value, value.scheme, value.meaning)
    made = Dataset()
    if len(value[0]) > 16:
        made.LongCodeValue = value[0]
    else:
        made.CodeValue = value[0]
    made.CodingSchemeDesignator = value[1]
    made.CodeMeaning = value[2]
    return made


def to_bytes(ds: Dataset, transfer_syntax: str = ExplicitVRLittleEndian) -> bytes:
    """Return the object as a Part 10 file in one of `TRANSFER_SYNTAXES`.

    Pixel data are written as they are: 16-bit pixels for Explicit VR Big Endian must be swapped.
    """
    made = Dataset(ds)
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = pydicom.uid.UID(transfer_syntax)
    made.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    made.preamble = b"\0" * 128
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, made, enforce_file_format=True)
    return buffer.getvalue()


def decimal(value: float | str) -> str:
    """Return a number as DS text of at most 16 characters (PS3.5 6.2)."""
    return value if isinstance(value, str) else f"{value:.10g}"


def _item(
    value_type: str,
    concept: Coded | None,
    children: Sequence[Dataset | None],
    default_relationship: str = "HAS PROPERTIES",
) -> Dataset:
    """Return a content item; children without a relationship get the usual one."""
    item = Dataset()
    item.ValueType = value_type
    if concept is not None:
        item.ConceptNameCodeSequence = [code_item(concept)]
    content = [child for child in children if child is not None]
    for child in content:
        if "RelationshipType" not in child:
            child.RelationshipType = default_relationship
    if content:
        item.ContentSequence = content
    return item


def _items(value: Any) -> list[Dataset]:
    if isinstance(value, Code | tuple | Mapping | Dataset):
        value = [value]
    return [_sequence_item(each) for each in value]


def _sequence_item(value: Any) -> Dataset:
    if isinstance(value, Dataset):
        return value
    return dataset(**value) if isinstance(value, Mapping) else code_item(value)


_FORMATS = {"DA": "%Y%m%d", "TM": "%H%M%S", "DT": "%Y%m%d%H%M%S"}


def _plain(value: Any, vr: str) -> Any:
    """Return a value as pydicom wants it for this VR."""
    if isinstance(value, list | tuple):
        return [_plain(each, vr) for each in value]
    if isinstance(value, dt.date | dt.time):
        fraction = f"{value:.%f}" if vr != "DA" and f"{value:%f}".strip("0") else ""
        return value.strftime(_FORMATS[vr]) + fraction
    return decimal(value) if vr == "DS" and isinstance(value, float) else value

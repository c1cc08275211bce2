"""Repairs of Hologic's dose reports."""

from kerma.dicom.codes import dcm
from kerma.dicom.content import ContentItem
from kerma.extract.base import DoseObject, Quirk, quirks
from kerma.extract.concepts import common as c
from kerma.extract.concepts import projection as p

_CODE_VALUE = 0x00080100
_CONCEPT_NAME = 0x0040A043
_CONCEPT_CODE = 0x0040A168
_NO_CODE_OF_A_FILTER = dcm("111650").value
_DETECTOR_DATA_AVAILABLE = dcm("113945").value
_STRIP_FILTER = dcm("113650").value


def _applies(found: DoseObject) -> bool:
    if not found.is_report or not found.manufacturer.upper().startswith("HOLOGIC"):
        return False
    return bool(found.root.find(p.PATIENT_TABLE_RELATIONSHIP) or _wrong_filter_types(found))


def _wrong_filter_types(found: DoseObject) -> list[ContentItem]:
    return [
        kind
        for event in found.root.find(c.IRRADIATION_EVENT_X_RAY_DATA)
        for container in event.find(p.FILTERS)
        for kind in container.find(p.FILTER_TYPE)
        if kind.code and kind.code.value == _NO_CODE_OF_A_FILTER
    ]


def _repair(found: DoseObject) -> None:
    """Put the codes in that the meanings beside them belong to."""
    for kind in _wrong_filter_types(found):
        _put(kind, _CONCEPT_CODE, _STRIP_FILTER)
    for item in found.root.find(p.PATIENT_TABLE_RELATIONSHIP):
        _put(item, _CONCEPT_NAME, _DETECTOR_DATA_AVAILABLE)
    found.root.changed()


def _put(item: ContentItem, sequence: int, value: str) -> None:
    for code in item.data_set.items(sequence):
        code.put(_CODE_VALUE, value)


quirks.add(
    Quirk(
        name="hologic-wrong-codes",
        evidence="Selenia Dimensions writes (113745, DCM), patient table relationship, for "
        '"X-Ray Detector Data Available", and (111650, DCM), which CID 10007 does not have, for '
        '"Strip filter": reports of 2015 (2D) and 2018 (2D and tomosynthesis)',
        applies=_applies,
        repair=_repair,
    )
)

"""Container of an irradiation event in, `ProjectionEvent` out (TID 10003, 10003A to 10003C)."""

from typing import Any

from kerma.dicom import codes, sr
from kerma.dicom.codes import Key
from kerma.dicom.content import ContentItem
from kerma.extract import projection_vendor as vendor
from kerma.extract.concepts import common as c
from kerma.extract.concepts import projection as p
from kerma.extract.projection_rows import Rows, gathered
from kerma.records import Filter, ProjectionEvent

_WORDS: dict[str, Key] = {
    "acquisition_plane": p.ACQUISITION_PLANE,
    "event_type": p.EVENT_TYPE,
    "target_region": c.TARGET_REGION,
    "anatomical_structure": p.ANATOMICAL_STRUCTURE,
    "view": p.IMAGE_VIEW,
    "patient_table_relationship": p.PATIENT_TABLE_RELATIONSHIP,
    "patient_orientation": p.PATIENT_ORIENTATION,
    "reference_point_definition": p.REFERENCE_POINT_DEFINITION,
    "fluoro_mode": p.FLUORO_MODE,
    "anode_target": p.ANODE_TARGET_MATERIAL,
    "mechanical_configuration": p.MECHANICAL_CONFIGURATION,
    "repeated": p.REPEATED_ACQUISITION,
    "reason_for_repeating": p.REASON_FOR_REPEATING,
    "rejected": p.REJECTED_ACQUISITION,
    "reason_for_rejecting": p.REASON_FOR_REJECTING,
}
"""Field -> coded row."""
_CODES: dict[str, Key] = {
    "event_type_code": p.EVENT_TYPE,
    "anatomical_structure_code": p.ANATOMICAL_STRUCTURE,
    "view_code": p.IMAGE_VIEW,
    "reference_point_definition_code": p.REFERENCE_POINT_DEFINITION,
}
"""Field -> coded row of which the code value is kept too, as in the object."""
_TEXTS: dict[str, Key] = {
    "irradiation_event_label": p.EVENT_LABEL,
    "acquisition_protocol": c.ACQUISITION_PROTOCOL,
    "comment": c.COMMENT,
    "xray_source_id": p.X_RAY_SOURCE_ID,
}
"""Field -> text row."""


def read_event(item: ContentItem) -> ProjectionEvent:
    """Return the irradiation event that the rows below `item` describe."""
    return event_of(gathered(item, apart=(p.FILTERS,)))


def event_of(rows: Rows) -> ProjectionEvent:
    """Return the irradiation event that `rows` describe."""
    values: dict[str, Any] = {
        "irradiation_event_uid": sr.uid(rows, c.IRRADIATION_EVENT_UID)
        or sr.uid(rows, c.IRRADIATION_EVENT_UID_ELSEWHERE),
        "date_time_started": sr.datetime(rows, c.DATE_TIME_STARTED),
        "date_time_ended": sr.datetime(rows, c.DATE_TIME_ENDED),
        "acquired_image_uids": _acquired_images(rows),
        "laterality": _laterality(rows),
        "view_modifiers": _view_modifiers(rows),
        "projection_eponymous_name": _below_or_beside(
            rows, p.IMAGE_VIEW, p.PROJECTION_EPONYMOUS_NAME
        ),
        "patient_orientation_modifier": _below_or_beside(
            rows, p.PATIENT_ORIENTATION, p.PATIENT_ORIENTATION_MODIFIER
        ),
        "grid": _meanings(rows, p.X_RAY_GRID),
        "filters": tuple(
            each for container in sr.children(rows, p.FILTERS) for each in _filters(container)
        ),
        "vendor_private": vendor.private_rows(rows),
    }
    for field, concept in _TEXTS.items():
        values[field] = sr.text(rows, concept)
    for field, concept in _WORDS.items():
        values[field] = sr.meaning(rows, concept)
    for field, concept in _CODES.items():
        values[field] = _code_value(rows, concept)
    values |= _numbers(rows) | _device(rows)
    values["operator"] = operator(rows)
    values["derived"] = vendor.derived(values)
    return ProjectionEvent(**values)


def operator(rows: ContentItem) -> str:
    """Return who administered the irradiation (TID 1020), "" if nobody is named as such."""
    for person in sr.children(rows, c.PERSON_NAME):
        if sr.code_key(person, c.PERSON_ROLE_IN_PROCEDURE) == c.IRRADIATION_ADMINISTERING:
            return person.text
    return ""


def _numbers(rows: Rows) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, (concept, unit) in p.NUMBERS.items():
        found[field] = sr.number(rows, concept, unit)
    for field, (concept, unit) in p.PER_PULSE.items():
        values = sr.numbers(rows, concept, unit)
        if not values and concept == p.EXPOSURE_TIME:
            values = sr.numbers(rows, p.EXPOSURE_TIME_FORMER, unit)
        if unit == "uA.s":
            values = tuple(round(value / 1000, 9) for value in values)
        found[field] = mean_without_zeros(values)
        if len(values) > 1:
            found[f"{field}_values"] = values
    return found


def mean_without_zeros(values: tuple[float, ...]) -> float | None:
    """Return the mean over the pulses that radiated, 0 if none did, None without values."""
    radiated = [value for value in values if value]
    if len(radiated) < 2:
        return radiated[0] if radiated else (0.0 if values else None)
    return round(sum(radiated) / len(radiated), 9)


def _acquired_images(rows: Rows) -> tuple[str, ...]:
    """Return the SOP Instance UIDs of the event's images; empty references are met."""
    found = (item.referenced_sop_uid for item in sr.children(rows, p.ACQUIRED_IMAGE))
    return tuple(uid for uid in found if uid)


def _laterality(rows: Rows) -> str:
    """Return the side: below what it belongs to as in TID 10003, or beside it as devices do."""
    for concept in (p.ANATOMICAL_STRUCTURE, c.TARGET_REGION, p.IMAGE_VIEW):
        for place in sr.children(rows, concept):
            side = side_of(place)
            if side:
                return side
    return side_of(rows) or _side_of_breast(rows)


def _side_of_breast(rows: Rows) -> str:
    """Return the side where the region is a left or right breast and nothing else says it."""
    for concept in (p.ANATOMICAL_STRUCTURE, c.TARGET_REGION):
        side = c.LATERALITIES.get(sr.code_key(rows, concept) or p.ANATOMICAL_STRUCTURE)
        if side:
            return side
    return ""


def side_of(item: ContentItem) -> str:
    """Return the laterality row below `item` in the words of CID 244, a breast being its side."""
    code = sr.code(item, c.LATERALITY)
    if code is None:
        return ""
    return c.LATERALITIES.get(codes.key(code.value, code.scheme)) or codes.meaning(code)


def _view_modifiers(rows: Rows) -> tuple[str, ...]:
    view = sr.child(rows, p.IMAGE_VIEW)
    below = _meanings(view, p.IMAGE_VIEW_MODIFIER) if view else ()
    return below or _meanings(rows, p.IMAGE_VIEW_MODIFIER)


def _below_or_beside(rows: Rows, parent: Key, concept: Key) -> str:
    """Return the meaning of a modifier, found below its row or, as devices do, beside it."""
    return sr.meaning(sr.child(rows, parent), concept) or sr.meaning(rows, concept)


def _meanings(item: ContentItem | None, concept: Key) -> tuple[str, ...]:
    found = (codes.meaning(row.code) or row.text for row in sr.children(item, concept))
    return tuple(words for words in found if words)


def _code_value(rows: Rows, concept: Key) -> str:
    found = sr.code(rows, concept)
    return found.value if found else ""


def _filters(container: ContentItem) -> list[Filter]:
    """Return the filters of one container (TID 10003B, 10046): one, or as many as materials.

    Minimum and maximum are put in order where a device swaps them.
    """
    kind = sr.meaning(container, p.FILTER_TYPE)
    materials = [row.code for row in sr.children(container, p.FILTER_MATERIAL)] or [None]
    same = sr.numbers(container, p.FILTER_THICKNESS, "mm")
    least = sr.numbers(container, p.FILTER_THICKNESS_MINIMUM, "mm") or same
    most = sr.numbers(container, p.FILTER_THICKNESS_MAXIMUM, "mm") or same
    words = sr.text(container, p.FILTER_MATERIAL)
    found = []
    for number, material in enumerate(materials):
        limits = sorted(side[number] for side in (least, most) if number < len(side))
        found.append(
            Filter(
                type=kind,
                material=codes.meaning(material) or words,
                material_code=material.value if material else "",
                thickness_min_mm=limits[0] if len(least) > number else None,
                thickness_max_mm=limits[-1] if len(most) > number else None,
            )
        )
    return found


def _device(rows: Rows) -> dict[str, str]:
    """Return the irradiating device of the event (TID 1021)."""
    for role in sr.children(rows, c.DEVICE_ROLE_IN_PROCEDURE):
        if role.children:
            return {
                "device_manufacturer": sr.text(role, c.DEVICE_MANUFACTURER),
                "device_model": sr.text(role, c.DEVICE_MODEL_NAME),
                "device_serial_number": sr.text(role, c.DEVICE_SERIAL_NUMBER),
                "device_observer_uid": sr.uid(role, c.DEVICE_OBSERVER_UID),
            }
    return {}

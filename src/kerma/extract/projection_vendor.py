"""What makers of projection systems say in rows and texts of their own, and what follows from it.

Rows with a private coding scheme are kept under the maker's names. Values that take a step of
arithmetic, or come out of a free text, are kept apart as derived.
"""

from typing import Any

from kerma.dicom import codes
from kerma.dicom.codes import Key
from kerma.dicom.content import ContentItem, numbers_of
from kerma.dicom.dataset import as_number
from kerma.extract.projection_rows import Rows

_PERSONS = frozenset((Key("027", "99PHI-IXR-XPER"),))
"""Private rows that name a person: not kept, because no identity policy would reach them."""


def private_rows(rows: Rows) -> dict[str, str | float | list[float]]:
    """Return the rows with a private coding scheme (PS3.16 8.2: "99…") by their lower-case name."""
    found: dict[str, str | float | list[float]] = {}
    for concept, items in rows.by_concept().items():
        if not concept.scheme.startswith("99") or concept in _PERSONS:
            continue
        name = codes.meaning(items[0].concept_code).lower()
        value = _private_value(items)
        if value not in ("", []):
            found[name] = value
    return found


def _private_value(items: list[ContentItem]) -> str | float | list[float]:
    numbers = [value for item in items for each in item.measured for value in numbers_of(each)]
    if numbers:
        return numbers[0] if len(numbers) == 1 else numbers
    return "" if items[0].value_type in ("PNAME", "CONTAINER", "NUM") else items[0].text


def derived(values: dict[str, Any]) -> dict[str, float | str]:
    """Return what follows from the values of an event and is not said in a row of its own."""
    found: dict[str, float | str] = {}
    found |= _collimated_field(values)
    found |= _from_philips_rows(values)
    found |= _exposure_time(values, found)
    size = siemens_value(values["comment"], "iiDiameter")
    if size is not None:
        found["detector_field_size_mm"] = size
    return found


def _collimated_field(values: dict[str, Any]) -> dict[str, float | str]:
    """Return the field at the detector from the shutters of Philips Allura and Azurion.

    Each shutter's distance from the beam's axis is given in mm in the plane 1 m from the focus.
    """
    private, distance = values["vendor_private"], values["source_to_detector_mm"]
    if distance is None:
        distance = private.get("final distance source to detector")
    if not isinstance(distance, float) or values["collimated_field_area_m2"] is not None:
        return {}
    sides = [private.get(f"{side} shutter") for side in ("left", "right", "top", "bottom")]
    if not all(isinstance(side, float) for side in sides):
        return {}
    left, right, top, bottom = sides
    height, width = (left + right) * distance / 1000, (top + bottom) * distance / 1000
    return {
        "collimated_field_height_mm": round(height, 6),
        "collimated_field_width_mm": round(width, 6),
        "collimated_field_area_m2": round(height * width / 1e6, 10),
    }


def _from_philips_rows(values: dict[str, Any]) -> dict[str, float | str]:
    """Return what Philips says in private rows only: height, distance, frames of a run."""
    private = values["vendor_private"]
    height, frames = private.get("table height position"), private.get("number of frames")
    found: dict[str, float | str] = {}
    if values["table_height_mm"] is None and isinstance(height, float):
        found["table_height_mm"] = height
    distance = private.get("final distance source to detector")
    if values["source_to_detector_mm"] is None and isinstance(distance, float):
        found["source_to_detector_mm"] = distance
    if values["number_of_pulses"] is None and isinstance(frames, float):
        found["number_of_pulses"] = frames
    return found


def _exposure_time(values: dict[str, Any], found: dict[str, float | str]) -> dict[str, float | str]:
    """Return pulses times pulse width where the report has no exposure time."""
    pulses = values["number_of_pulses"]
    if pulses is None:
        pulses = found.get("number_of_pulses")
    width = values["pulse_width_ms"]
    if values["exposure_time_ms"] is not None or pulses is None or width is None:
        return {}
    return {"exposure_time_ms": round(float(pulses) * width, 6)}


def siemens_texts(comment: str, name: str) -> list[str]:
    """Return every value of an element of the XML that Siemens writes into comments.

    The elements are like <iiDiameter SRData="220"/>. The text is not always well-formed, so it
    is not parsed as a whole.
    """
    mark = f'<{name} SRData="'
    return [part.partition('"')[0].strip() for part in comment.split(mark)[1:]]


def siemens_value(comment: str, name: str) -> float | None:
    """Return the first such element as a number, None if it is none."""
    words = siemens_texts(comment, name)
    return as_number(words[0]) if words else None


_ENDS = {"HF": "headfirst", "FF": "feet-first"}
_SIDES = {"S": "supine", "P": "prone", "DR": "right lateral decubitus",
          "DL": "left lateral decubitus"}  # fmt: skip
"""Patient Position (0018,5100) in the words of CID 20 and 21."""


def siemens_position(comment: str, notes: list[str]) -> str:
    """Return the patient position of the whole examination, "" if it changed; then a note."""
    found = {words for words in siemens_texts(comment, "Position") if words}
    if len(found) > 1:
        notes.append("The patient's position changed, so it is not known for the events.")
    return found.pop() if len(found) == 1 else ""


def orientation(position: str) -> dict[str, float | str]:
    """Return what a patient position like "HFS" says, in the terms of TID 10003."""
    end, side = _ENDS.get(position[:2]), _SIDES.get(position[2:])
    if not end or not side:
        return {}
    return {
        "patient_table_relationship": end,
        "patient_orientation": "recumbent",
        "patient_orientation_modifier": side,
    }

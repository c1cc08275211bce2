"""Irradiation events and the geometry of a model in, beams in the axes of the table out."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from kerma.dosimetry.skin.fields import FITS, derived, does_not_fit, field_of, in_cm
from kerma.dosimetry.skin.geometry import Axis, Geometry
from kerma.dosimetry.skin.position import turn_of
from kerma.dosimetry.skin.solids import Floats
from kerma.records import Filter, ProjectionEvent

_STEP_DEG = 3.0
"""A rotation is taken apart into beams at most so far apart."""
_STEP_CM = 1.0
"""A movement of the table likewise."""
_MOST_STEPS = 400

_LONGEST_DEG = 270.0
"""Longer rotations are taken to go the other way round, where angles begin anew."""

_POSITIVE = (
    "rp_dose_gy", "dap_gym2", "kvp", "half_value_layer_mm", "source_to_isocenter_mm",
    "source_to_detector_mm", "source_to_reference_point_mm", "collimated_field_area_m2",
    "collimated_field_width_mm", "collimated_field_height_mm",
)  # fmt: skip
_FINITE = (
    "primary_angle_deg", "secondary_angle_deg", "primary_end_angle_deg", "secondary_end_angle_deg",
    "table_longitudinal_mm", "table_lateral_mm", "table_height_mm", "table_longitudinal_end_mm",
    "table_lateral_end_mm", "table_height_end_mm", "table_head_tilt_deg", "table_cradle_tilt_deg",
    "table_horizontal_rotation_deg",
)  # fmt: skip

_USUAL_KVP = 80.0

_COPPER, _ALUMINIUM = frozenset({"C-127F9", "66925006"}), frozenset({"C-120F9", "12503006"})

_TO_ISOCENTRE_CM = 15.0
"""From the patient entrance reference point to the isocentre (IEC 60601-2-43)."""


class Beam(NamedTuple):
    """One event as the engine needs it; lengths in cm, dose in Gy."""

    event: int
    """Its place among the events, from 0."""
    sources: Floats
    """Places of the focus, a row for each step of a rotation."""
    frames: Floats
    """Rows of the field's width, its height and the direction, shape (steps, 3, 3)."""
    half_width: float
    half_height: float
    """At 1 cm from the focus."""
    to_reference: Floats
    """From focus to reference point, for each step."""
    kerma_gy: float
    dap_gym2: float
    kvp: float
    copper_mm: float
    aluminium_mm: float
    half_value_layer_mm: float | None
    plane: str
    field_from: str
    assumed: tuple[str, ...]


class Left(NamedTuple):
    """An event that could not be placed."""

    event: int
    why: str


def beams(
    events: Sequence[ProjectionEvent], geometry: Geometry, positions: Sequence[str]
) -> tuple[list[Beam], list[Left]]:
    """Return the beams of the events with dose, and the events that cannot be placed."""
    found: list[Beam] = []
    left: list[Left] = []
    for number, (event, position) in enumerate(zip(events, positions, strict=True)):
        sane = _sane(event)
        if not (sane.rp_dose_gy or sane.dap_gym2):
            continue
        one = _beam(number, sane, geometry, position)
        if isinstance(one, Left):
            left.append(one)
        else:
            found.append(one)
    return found, left


def _sane(event: ProjectionEvent) -> ProjectionEvent:
    """Return the event without values that cannot be: they count as not given."""
    wrong = [name for name in _FINITE if not math.isfinite(getattr(event, name) or 0.0)]
    for name in _POSITIVE:
        value = getattr(event, name)
        if value is not None and not 0 < value < math.inf:
            wrong.append(name)
    return msgspec.structs.replace(event, **dict.fromkeys(wrong)) if wrong else event


def assumptions(found: Sequence[Beam]) -> list[tuple[str, int]]:
    """Return what was assumed, and for how many events."""
    return Counter(word for beam in found for word in beam.assumed).most_common()


def _beam(number: int, event: ProjectionEvent, geometry: Geometry, position: str) -> Beam | Left:
    to_isocentre = in_cm(event.source_to_isocenter_mm)
    if to_isocentre is None:
        return Left(number, "the distance from source to isocentre is missing")
    if event.primary_angle_deg is None:
        return Left(number, "the primary angle is missing")
    sources, frames, assumed = _path(event, geometry, position, to_isocentre)
    to_reference = _to_reference(event, geometry, sources, frames[:, 2], to_isocentre)
    field = field_of(event, geometry, float(to_reference.mean()))
    if field is None:
        return Left(number, "nothing says how large the field is")
    width, height, field_from = field
    if does_not_fit(event, (width, height), float(to_reference.mean())):
        assumed.append(f"the field as reported, not that of the DAP, over {FITS:g} times another")
    kerma = event.rp_dose_gy
    if not kerma:
        kerma = (event.dap_gym2 or 0) * 1e4 / (width * height * float(to_reference.mean()) ** 2)
        assumed.append("dose at the reference point from dose-area product and field")
    kvp = event.kvp
    if not kvp:
        kvp = _USUAL_KVP
        assumed.append(f"tube voltage {_USUAL_KVP:g} kV")
    return Beam(
        event=number,
        sources=sources,
        frames=frames,
        half_width=width / 2,
        half_height=height / 2,
        to_reference=to_reference,
        kerma_gy=kerma,
        dap_gym2=event.dap_gym2 or kerma * width * height * float(to_reference.mean()) ** 2 / 1e4,
        kvp=kvp,
        copper_mm=_filtration(event.filters, _COPPER, "copper"),
        aluminium_mm=geometry.aluminium_mm + _filtration(event.filters, _ALUMINIUM, "alumin"),
        half_value_layer_mm=event.half_value_layer_mm or None,
        plane=event.acquisition_plane,
        field_from=field_from,
        assumed=tuple(assumed),
    )


def _path(
    event: ProjectionEvent, geometry: Geometry, position: str, to_isocentre: float
) -> tuple[Floats, Floats, list[str]]:
    """Return the places of the focus and the frames of the field, step by step."""
    assumed: list[str] = []
    primary = _short_of_full(_way(event.primary_angle_deg, event.primary_end_angle_deg))
    if event.secondary_angle_deg is None:
        assumed.append("secondary angle 0°")
    secondary = _way(event.secondary_angle_deg, event.secondary_end_angle_deg)
    table = [_table_way(event, axis) for axis in (geometry.left, geometry.down, geometry.cranial)]
    missing = [way for way in table if way is None]
    if missing:
        assumed.append("table position 0 where it is missing")
    left, down, cranial = (way or (0.0, 0.0) for way in table)
    turned = max(abs(way[1] - way[0]) for way in (primary, secondary))
    moved = max(abs(way[1] - way[0]) for way in (left, down, cranial))
    steps = max(1, math.ceil(turned / _STEP_DEG), math.ceil(moved / _STEP_CM))
    steps = min(steps, _MOST_STEPS)
    share = (np.arange(steps) + 0.5) / steps
    angles = (
        np.radians(geometry.primary_sign * _between(primary, share)),
        np.radians(geometry.secondary_sign * _between(secondary, share)),
    )
    frames = _frames(*angles)
    if geometry.angles == "patient":
        frames = frames @ turn_of(position).T
    at = np.column_stack([_between(left, share), -_between(down, share), _between(cranial, share)])
    tilt = _tilt(event)
    centre = np.array([0.0, 0.0, -geometry.table_length_cm / 2])
    sources = (-to_isocentre * frames[:, 2] - at - centre) @ tilt + centre
    return sources, frames @ tilt, assumed


def _frames(primary: Floats, secondary: Floats) -> Floats:
    """Return width, height and direction of the field for each pair of angles.

    With growing primary angle the detector goes to the left, with growing secondary to the head.
    """
    sin, cos = np.sin(primary), np.cos(primary)
    up, flat = np.sin(secondary), np.cos(secondary)
    zero = np.zeros_like(sin)
    width = np.column_stack([cos, -sin, zero])
    height = np.column_stack([-sin * up, -cos * up, flat])
    direction = np.column_stack([sin * flat, cos * flat, up])
    return np.stack([width, height, direction], axis=1)


def _tilt(event: ProjectionEvent) -> Floats:
    """Return the matrix from the axes of the table to those of the room.

    PS3.3 C.8.19.6.11: clockwise seen from above; the head up; the left up.
    """
    turn, head, cradle = (
        math.radians(value or 0.0)
        for value in (
            event.table_horizontal_rotation_deg,
            event.table_head_tilt_deg,
            event.table_cradle_tilt_deg,
        )
    )
    level = [[math.cos(turn), 0, math.sin(turn)], [0, 1, 0], [-math.sin(turn), 0, math.cos(turn)]]
    raised = [[1, 0, 0], [0, math.cos(head), math.sin(head)], [0, -math.sin(head), math.cos(head)]]
    rolled = [[math.cos(cradle), -math.sin(cradle), 0], [math.sin(cradle), math.cos(cradle), 0],
              [0, 0, 1]]  # fmt: skip
    tilt: Floats = np.array(level) @ np.array(raised) @ np.array(rolled)
    return tilt


def _to_reference(
    event: ProjectionEvent,
    geometry: Geometry,
    sources: Floats,
    directions: Floats,
    to_isocentre: float,
) -> Floats:
    """Return how far the reference point is from the focus: as given, or by CID 10025."""
    usual = np.full(len(sources), to_isocentre - _TO_ISOCENTRE_CM)
    given = in_cm(event.source_to_reference_point_mm)
    code = event.reference_point_definition_code or geometry.reference_point_code
    if given is not None and given > 1:
        return np.full(len(sources), given)
    if code == "113861" and event.source_to_detector_mm:
        return np.full(len(sources), event.source_to_detector_mm / 10 - 30)
    above = {"113862": 1.0, "113863": 30.0}.get(code)
    if above is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            found = (above - sources[:, 1]) / directions[:, 1]
        return np.where(np.isfinite(found) & (found > 1), found, usual)
    return usual


def _filtration(filters: Sequence[Filter], codes: frozenset[str], word: str) -> float:
    """Return the thickness of one material in mm; where a range is given, its middle."""
    whole = 0.0
    for one in filters:
        if one.material_code in codes or word in one.material.lower():
            ends = [end for end in (one.thickness_min_mm, one.thickness_max_mm) if end is not None]
            whole += sum(ends) / len(ends) if ends else 0.0
    return whole


def _way(start: float | None, end: float | None) -> tuple[float, float]:
    first = start or 0.0
    return first, first if end is None else end


def _short_of_full(way: tuple[float, float]) -> tuple[float, float]:
    """Return the way of a rotation; over 270° it is taken to pass 180°, where angles begin anew."""
    first, last = way
    if abs(last - first) <= _LONGEST_DEG:
        return way
    return first, last + (360 if last < first else -360)


def _table_way(event: ProjectionEvent, axis: Axis) -> tuple[float, float] | None:
    """Return where the table is at the start and the end of an event, in cm."""
    start = getattr(event, axis.field, None)
    if start is None:
        start = derived(event, axis.field)
    if start is None:
        return None
    end = getattr(event, axis.field.replace("_mm", "_end_mm"), None)
    first, last = (
        axis.sign * value / 10 + axis.offset_cm for value in (start, start if end is None else end)
    )
    return first, last


def _between(way: tuple[float, float], share: Floats) -> Floats:
    found: Floats = way[0] + (way[1] - way[0]) * share
    return found

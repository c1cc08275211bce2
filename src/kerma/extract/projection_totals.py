"""Accumulated dose containers and events in, `Totals` out (TID 10002, 10004 to 10007, 10041)."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from kerma.dicom import codes, sr
from kerma.dicom.content import ContentItem
from kerma.extract.concepts import common as c
from kerma.extract.concepts import projection as p
from kerma.extract.projection_events import side_of
from kerma.extract.projection_rows import Rows, gathered
from kerma.merge.sums import SUMS_OF_EVENTS, events_by_type, exact_sum, sum_of_events
from kerma.records import Calibration, ProjectionEvent, Totals

_SIDES = {"Left": "agd_left_mgy", "Right": "agd_right_mgy"}
_ADDED = (*p.TOTALS, *_SIDES.values())
_ALL_PLANES = "allplanes"
"""(113890, DCM, "All Planes"), without case and spaces."""
_NO_SIDE = "An accumulated average glandular dose has no laterality; left out."


def totals(containers: Sequence[ContentItem], events: Sequence[ProjectionEvent]) -> Totals:
    """Return what a report declares in total, and the sums of its events beside it.

    Planes are added up, unless a container is about all of them. What no container declares
    stays None: the sums of the events are there for that.
    """
    planes = _distinct([_plane(each, events) for each in containers])
    whole = [each for each in planes if _is_of_all(each, planes)]
    parts = [each for each in planes if each not in whole]
    first = planes[0] if planes else Totals()
    sums = {name: sum_of_events(total, events) for name, total in SUMS_OF_EVENTS.items()}
    return replace(
        first,
        plane="",
        **{name: _declared(whole, parts, name) for name in _ADDED},
        **sums,
        events=len(events),
        events_by_type=events_by_type(events),
        number_of_planes=len({each.plane for each in parts or whole}) or None,
        planes=tuple(parts) if len({each.plane for each in parts}) > 1 else (),
    )


def _plane(container: ContentItem, events: Sequence[ProjectionEvent]) -> Totals:
    """Read TID 10002 or 10041: one row per value we keep.

    A total under the code of an event's value is met, and is a total where it stands.
    """
    rows = gathered(container, apart=(p.CALIBRATION,))
    values: dict[str, Any] = {
        name: sr.number(rows, concept, unit) for name, (concept, unit) in p.TOTALS.items()
    }
    for name in ("dap_gym2", "rp_dose_gy"):
        if values[name] is None:
            values[name] = sr.number(rows, *p.NUMBERS[name])
    return Totals(
        plane=sr.meaning(rows, p.ACQUISITION_PLANE) or sr.text(rows, p.X_RAY_SOURCE_ID),
        reference_point_definition=sr.meaning(rows, p.REFERENCE_POINT_DEFINITION),
        calibration=_calibration(sr.child(rows, p.CALIBRATION)),
        **values,
        **_agd(rows, events),
    )


def _calibration(item: ContentItem | None) -> Calibration | None:
    if item is None:
        return None
    return Calibration(
        date_time=sr.datetime(item, p.CALIBRATION_DATE_TIME),
        factor=sr.number(item, p.CALIBRATION_FACTOR, "1"),
        uncertainty_percent=sr.number(item, p.CALIBRATION_UNCERTAINTY, "%"),
        responsible_party=sr.text(item, p.CALIBRATION_RESPONSIBLE_PARTY),
        protocol=sr.text(item, p.CALIBRATION_PROTOCOL),
        device=sr.meaning(item, p.DOSE_MEASUREMENT_DEVICE),
    )


def _agd(rows: Rows, events: Sequence[ProjectionEvent]) -> dict[str, Any]:
    """Return accumulated average glandular dose per side (TID 10005).

    The side is the laterality below the row. Devices also use another modifier whose value is a
    side or a breast, or say it of the container, or not at all: then it is the side of the
    events if they are all of one.
    """
    found: dict[str, float] = {}
    for row in sr.children(rows, p.ACCUMULATED_AGD):
        value = sr.number_of(row, "mGy")
        if value is None:
            continue
        side = side_of(row) or _side_by_value(row) or side_of(rows) or _side_of_all(events)
        name = _SIDES.get(side)
        if name is None:
            row.notes.append(_NO_SIDE)
        else:
            found[name] = found.get(name, 0.0) + value
    return found


def _side_by_value(row: ContentItem) -> str:
    for child in row.children:
        code = child.code
        side = c.LATERALITIES.get(codes.key(code.value, code.scheme)) if code else None
        if side:
            return side
    return ""


def _side_of_all(events: Iterable[ProjectionEvent]) -> str:
    sides = {event.laterality for event in events if event.agd_mgy}
    return sides.pop() if len(sides) == 1 else ""


def _distinct(planes: list[Totals]) -> list[Totals]:
    """Return the totals without a second copy of any: devices repeat a container."""
    found: list[Totals] = []
    for plane in planes:
        if plane not in found:
            found.append(plane)
    return found


def _is_of_all(plane: Totals, planes: list[Totals]) -> bool:
    """Return whether the totals are about all planes, or name several sources, e.g. "A and B"."""
    if plane.plane.replace(" ", "").casefold() == _ALL_PLANES:
        return True
    others = [each.plane for each in planes if each is not plane]
    named = plane.plane.replace(",", " ").replace("+", " ").replace("&", " ").split()
    return len(others) > 1 and all(each in named for each in others)


def _declared(whole: list[Totals], parts: list[Totals], name: str) -> float | None:
    for group in (whole, parts):
        values = [value for each in group if (value := getattr(each, name)) is not None]
        if values:
            return exact_sum(values) if len(values) > 1 else values[0]
    return None

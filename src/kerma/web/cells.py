"""A column and where its values come from in, the words and marks of one cell out (escaped)."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from kerma.query import materials
from kerma.query.columns.base import Column
from kerma.query.levels import Share, greatest
from kerma.web import formats
from kerma.web.icons import icon

Get = Callable[[str], Any]
"""Path of a column -> stored value."""


class Written(NamedTuple):
    """The inside of a cell as HTML, its second line, and its tool tip as plain text."""

    main: str = ""
    sub: str = ""
    title: str = ""


NOTHING = '<abbr class="muted" title="The object does not say">–</abbr>'
"""Stands for a value that is not there."""

_SMALL = 'class="bar" aria-hidden="true"'


def write(column: Column, get: Get, peak: float | None = None) -> Written:
    """Return the cell of one column; `peak` is the greatest value of its bar, as stored."""
    if column.kind == "level":
        return _level(column, None, get)
    value = get(column.path)
    if column.kind == "bar":
        return _bar(column, value, peak)
    if value is None or value == "" or value == ():
        return _KINDS_OF_NOTHING.get(column.kind, _nothing)(column, value, get)
    return _KINDS.get(column.kind, _text)(column, value, get)


def _nothing(column: Column, value: Any, get: Get) -> Written:
    return Written()


def _text(column: Column, value: Any, get: Get) -> Written:
    return Written(escape(formats.text(str(value))))


def _number(column: Column, value: Any, get: Get) -> Written:
    shown, full = formats.number(value * column.factor), formats.exact(value * column.factor)
    same = shown.replace(formats.THIN, "") == full
    return Written(shown, "", "" if same else _unit(full, column))


def _unit(text: str, column: Column) -> str:
    return f"{text} {column.unit}".strip()


def _whole(column: Column, value: Any, get: Get) -> Written:
    return Written(formats.whole(value))


def _years(column: Column, value: Any, get: Get) -> Written:
    return Written(formats.years(value))


def _duration(column: Column, value: Any, get: Get) -> Written:
    return Written(formats.duration(value), "", f"{formats.exact(value)} s")


def _clock(column: Column, value: Any, get: Get) -> Written:
    return Written(formats.second(value), "", f"{value}")


def _moment(column: Column, value: Any, get: Get) -> Written:
    return Written(formats.moment(value))


def _date_time(column: Column, value: Any, get: Get) -> Written:
    """Write the day of the study with the time below, what is there of both."""
    day, time = get("study_date"), get("study_time")
    return Written(formats.day(day), formats.minute(time), formats.second(time))


def _hashable(column: Column, value: Any, get: Get) -> Written:
    """Write a value of the patient's identity; a keyed hash is cut short."""
    if get(f"{column.path}_hashed"):
        return Written(f"<code>{escape(value[:8])}…</code>", "", f"Stored as a hash: {value}")
    return Written(escape(value))


def _level(column: Column, value: Any, get: Get) -> Written:
    """Write the greatest share of an alert level, as words, number and bar."""
    names = ("dap_gym2", "rp_dose_gy", "peak_skin_dose_gy")
    found = greatest("RF", {name: get(name) for name in names})
    if found is None:
        return Written()
    fill = min(found.share / 1.5, 1.0) * 100
    bar = (
        f'<svg {_SMALL}><rect class="track" width="100%" height="6" rx="1"/>'
        f'<rect class="fill" width="{fill:.0f}%" height="6" rx="1"/>'
        '<line class="tick" x1="67%" x2="67%" y1="-2" y2="8"/></svg>'
    )
    title = f"{formats.percent(found.share)} of the level: {found.level.source}"
    words = {"over": "Over level", "warn": "Near level", "ok": ""}[found.state]
    mark = str(icon(found.state, words)) if words else ""
    state = f" {found.state}" if words else ""
    share = str(escape(formats.percent(found.share)))
    share = f"<b>{share}</b>" if words else share
    return Written(f'<span class="level{state}">{mark}{share}{bar}</span>', "", title)


def _period(column: Column, value: Any, get: Get) -> Written:
    """Write a sum over a patient's studies with their number: "32 (2 exams)"."""
    exams = formats.plural(get("period_exams") or 0, "exam")
    return Written(f"{formats.number(value * column.factor)} ({exams})", "", column.explanation)


def level_mark(share: Share) -> SafeString:
    """Return a sign that a row is over or near a level which none of its cells shows."""
    words = {"over": "Over level", "warn": "Near level"}[share.state]
    title = f"{words}: {formats.percent(share.share)} of {share.level.source}"
    return format_html(
        ' <span class="level {}" title="{}">{}</span>', share.state, title, icon(share.state, title)
    )


def marked(written: Written, share: Share | None) -> Written:
    """Return a cell with a mark where its value is over its level."""
    if share is None or share.state != "over" or not written.main:
        return written
    title = f"{formats.percent(share.share)} of the level: {share.level.source}"
    main = f'<span class="level over">{icon("over", "Over level")}<b>{written.main}</b></span>'
    return Written(main, written.sub, title)


def _list(column: Column, value: Iterable[Any], get: Get) -> Written:
    return Written(escape(", ".join(str(one) for one in value if one)))


def _lines(column: Column, value: Any, get: Get) -> Written:
    """Write a text of several lines, such as all protocols of a study, on one."""
    return Written(escape(", ".join(str(value).splitlines())))


def _bar(column: Column, value: float | None, peak: float | None) -> Written:
    """Write a number, and beside it its share of the greatest one."""
    share = 0 if not peak or value is None else max(0.0, min(1.0, value / peak))
    bar = (
        f'<svg {_SMALL}><rect class="track" width="100%" height="6" rx="1"/>'
        f'<rect class="fill" width="{share * 100:.0f}%" height="6" rx="1"/></svg>'
    )
    if value is None:
        return Written(NOTHING + bar)
    shown, full = formats.number(value * column.factor), formats.exact(value * column.factor)
    return Written(shown + bar, "", _unit(full, column) if full != shown else "")


def _per_source(column: Column, value: Any, get: Get) -> Written:
    """Write the value of every X-ray source: "100 / 140"."""
    values = [getattr(source, column.path) for source in get("sources")]
    given = [one for one in values if one is not None]
    if len(given) < 2:
        return _number(column, value, get) if value is not None else Written()
    return Written(" / ".join(formats.number(one) for one in given), "per source")


def _per_source_of_nothing(column: Column, value: Any, get: Get) -> Written:
    """With several sources the plain value is not there."""
    return _per_source(column, None, get)


def _per_pulse(column: Column, value: Any, get: Get) -> Written:
    """Write the mean, and below it the range where values are given per pulse."""
    values = get(f"{column.path}_values")
    plain = _number(column, value, get)
    if len(values) < 2:
        return plain
    low, high = formats.number(min(values)), formats.number(max(values))
    sub = f"{low}–{high}" if low != high else f"{len(values)} pulses"
    return Written(plain.main, sub, "Mean without zeros; below, the range over the pulses")


def _target(column: Column, value: Any, get: Get) -> Written:
    return Written(escape(materials.plain(value)), "", value)


def _pulses(column: Column, value: Any, get: Get) -> Written:
    return Written(f"{formats.whole(value)} pulses")


def _filters(column: Column, value: Any, get: Get) -> Written:
    """Write material and thickness of every filter: "0.3 Cu + 1 Al"."""
    parts, whole = [], []
    for one in value:
        name, short = materials.plain(one.material), materials.symbol(one.material)
        ends = [end for end in (one.thickness_min_mm, one.thickness_max_mm) if end is not None]
        mean = formats.number(sum(ends) / len(ends), 3) if ends else ""
        parts.append(f"{mean} {short}".strip())
        between = "–".join(dict.fromkeys(formats.number(end) for end in ends))
        whole.append(" ".join(filter(None, (one.type, name, between and f"{between} mm"))))
    return Written(escape(" + ".join(filter(None, parts))), "", "; ".join(whole))


def _angles(column: Column, value: Any, get: Get) -> Written:
    """Write primary and secondary angle as people say them (PS3.3 C.8.7.5.1.2)."""
    first, second = get("primary_angle_deg"), get("secondary_angle_deg")
    title = "Primary angle: RAO is negative, LAO positive. Secondary: cranial is positive."
    return Written(_angle(first, "RAO", "LAO"), _angle(second, "CAU", "CRA"), title)


def _angle(value: float | None, negative: str, positive: str) -> str:
    if value is None:
        return ""
    shown = formats.number(abs(value), 3)
    if shown == "0":
        return "0°"
    return f"{negative if value < 0 else positive} {shown}°"


def _field(column: Column, value: Any, get: Get) -> Written:
    """Write the collimated field as sides in cm, else as area."""
    height, width = get("collimated_field_height_mm"), get("collimated_field_width_mm")
    area = get("collimated_field_area_m2")
    title = "" if area is None else f"{formats.exact(area * 1e4)} cm²"
    if height and width:
        return Written(f"{formats.number(height / 10, 3)} × {formats.number(width / 10, 3)}",
                       "", title)  # fmt: skip
    return Written("" if area is None else f"{formats.number(area * 1e4, 3)} cm²", "", title)


def _plane(column: Column, value: Any, get: Get) -> Written:
    """Write "A" for "Plane A"."""
    return Written(escape(str(value).replace("Plane", "").strip().capitalize()), "", str(value))


def _anatomy(column: Column, value: Any, get: Get) -> Written:
    text = get("anatomical_structure") or get("body_part") or get("target_region")
    return Written(escape(text))


def _view(column: Column, value: Any, get: Get) -> Written:
    return Written(escape(get("view") or get("view_position") or get("projection_eponymous_name")))


def _breast_view(column: Column, value: Any, get: Get) -> Written:
    """Write side and view, the modifiers after them: "Left cranio-caudal, magnification"."""
    view = get("view") or get("view_position")
    words = " ".join(filter(None, (get("laterality"), view)))
    return Written(escape(", ".join(filter(None, (words, *get("view_modifiers"))))) or NOTHING)


def _agent(column: Column, value: Any, get: Get) -> Written:
    agent = get("radiopharmaceutical_agent") or get("radiopharmaceutical") or ""
    return Written(escape(formats.text(agent)))


def _start(column: Column, value: Any, get: Get) -> Written:
    moment = get("start")
    if moment is not None:
        return Written(formats.day(moment), formats.second(moment))
    return Written(formats.second(get("start_time")))


def _dose_check(column: Column, value: Any, get: Get) -> Written:
    return Written("Dose check details below")


def _windows(column: Column, value: Any, get: Get) -> Written:
    ranges = [f"{formats.number(one.lower_kev)}–{formats.number(one.upper_kev)}" for one in value]
    return Written(", ".join(text for text in ranges if text != "–"))


def _events(column: Column, value: Any, get: Get) -> Written:
    """Write the number of CT events, and below it the four types."""
    names = ("spiral", "sequenced", "stationary", "localiser")
    counts = [get(f"{name}_events") or 0 for name in names]
    title = ", ".join(f"{name} {count}" for name, count in zip(names, counts, strict=True))
    return Written(formats.whole(value), "·".join(map(str, counts)), title.capitalize())


_KINDS: dict[str, Callable[[Column, Any, Get], Written]] = {
    "agent": _agent, "anatomy": _anatomy, "angles": _angles, "breast_view": _breast_view,
    "clock": _clock, "date_time": _date_time,
    "hashable": _hashable, "dose_check": _dose_check, "duration": _duration,
    "events": _events, "field": _field, "filters": _filters, "list": _list, "lines": _lines,
    "moment": _moment, "number": _number, "per_pulse": _per_pulse, "per_source": _per_source,
    "period": _period,
    "plane": _plane, "pulses": _pulses, "start": _start, "target": _target,
    "view": _view, "whole": _whole, "windows": _windows,
    "years": _years,
}  # fmt: skip

_KINDS_OF_NOTHING: dict[str, Callable[[Column, Any, Get], Written]] = {
    "per_source": _per_source_of_nothing, "anatomy": _anatomy, "view": _view, "agent": _agent,
    "date_time": _date_time, "breast_view": _breast_view, "start": _start,
    "angles": _angles, "field": _field,
}  # fmt: skip
"""Kinds that look elsewhere when their own value is not there."""

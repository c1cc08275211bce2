"""Made-up examinations for property tests: first what happened, then objects that tell of it.

A `World` knows its exposures; each source knows which of them it describes. So the truth about
any selection of sources is known without merging.
"""

from dataclasses import dataclass
from math import fsum

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from msgspec.structs import replace

from kerma.merge import modality_by_content
from kerma.records import Device, Event, StudyRecord
from tests.merge.builders import (
    at,
    ct,
    ct_report,
    device,
    image,
    injection,
    nm_image,
    nm_report,
    observer,
    report,
    shot,
)

_ADDED = {
    "dlp_mgycm": "dlp_mgycm",
    "dap_gym2": "dap_gym2",
    "rp_dose_gy": "rp_dose_gy",
    "administered_activity_mbq": "administered_activity_mbq",
}
"""Total -> field of the event that is summed to it."""


@dataclass(frozen=True)
class Source:
    """One object: its record, and the numbers of the exposures it describes."""

    record: StudyRecord
    told: frozenset[int]


@dataclass(frozen=True)
class World:
    """What happened on one piece of equipment, and the objects about it."""

    exposures: tuple[Event, ...]
    sources: tuple[Source, ...]

    def truth(self, sources: tuple[Source, ...], total: str) -> float:
        """Return the true total of all exposures that the sources describe."""
        told = frozenset[int]().union(*(source.told for source in sources))
        values = (getattr(self.exposures[n], _ADDED[total], None) for n in told)
        return fsum(value for value in values if value is not None)


def _windows(draw: DrawFn, count: int) -> list[range]:
    """Draw which consecutive exposures each report holds: cumulative, continued or overlapping."""
    way = draw(st.sampled_from(["cumulative", "continued", "overlapping", "one"]))
    if way == "one":
        return [range(count)]
    cuts = sorted(draw(st.sets(st.integers(1, count), max_size=3)) | {count})
    if way == "cumulative":
        return [range(cut) for cut in cuts]
    starts = [0, *cuts[:-1]]
    back = 1 if way == "overlapping" else 0
    return [range(max(0, a - back), b) for a, b in zip(starts, cuts, strict=True)]


def _serials(draw: DrawFn, name: str) -> tuple[Device, str]:
    """Draw how equipment identifies itself: by serial number, with an observer UID or without."""
    uid = draw(st.sampled_from(["", f"1.2.840.{name}"]))
    return device(f"serial-{name}"), uid


@st.composite
def ct_worlds(draw: DrawFn, name: str = "ct") -> World:
    """Draw CT examinations: reports, with event UIDs or (not overlapping) without."""
    count = draw(st.integers(1, 6))
    windows = _windows(draw, count)
    disjoint = sum(map(len, windows)) == count or windows[0].start == windows[-1].start
    uid = draw(st.booleans()) or not disjoint
    exposures = tuple(
        replace(ct(n, uid=uid), irradiation_event_uid=f"{name}.{n}" if uid else "")
        for n in range(count)
    )
    made_by, observed = _serials(draw, name)
    sources = [
        Source(
            ct_report(
                f"{name}-{n}",
                [exposures[m] for m in window],
                100.0 * n,
                device=made_by,
                observer=observer(observed) if observed else None,
                notes=draw(st.sampled_from([(), ("a",), ("b", "a")])),
            ),
            frozenset(window),
        )
        for n, window in enumerate(windows)
    ]
    return World(exposures, tuple(sources))


@st.composite
def projection_worlds(draw: DrawFn, name: str = "xr", modality: str = "") -> World:
    """Draw radiography, fluoroscopy or mammography: reports of some, images of any exposures."""
    modality = modality or draw(st.sampled_from(["RF", "DX", "MG"]))
    count = draw(st.integers(1, 5))
    exposures = tuple(
        shot(
            n,
            fluoro=modality == "RF" and draw(st.booleans()),
            irradiation_event_uid=f"{name}.{n}",
            laterality=draw(st.sampled_from(["Left", "Right"])),
            agd_mgy=1.0 + n if modality == "MG" else None,
            kvp=70.0,
            exposure_mas=5.0,
        )
        for n in range(count)
    )
    made_by, observed = _serials(draw, name)
    reported = draw(st.integers(0, count))
    sources = [
        Source(
            report(
                f"{name}-r{n}",
                [exposures[m] for m in window],
                100.0 * n,
                modality,
                device=made_by,
                observer=observer(observed) if observed else None,
            ),
            frozenset(window),
        )
        for n, window in enumerate(_windows(draw, reported) if reported else [])
    ]
    image_modality = "MG" if modality == "MG" else "DX"
    for n in range(count):
        objects = draw(st.sampled_from(["none", "one", "pair", "pair without uid", "many"]))
        if n >= reported and objects == "none":
            objects = "one"
        sources += _images(f"{name}-i{n}", n, exposures[n], objects, image_modality, made_by)
    return World(exposures, tuple(sources))


def _images(
    name: str, n: int, exposure: Event, objects: str, modality: str, made_by: Device
) -> list[Source]:
    intents = {
        "none": [],
        "one": ["FOR PROCESSING"],
        "pair": ["FOR PROCESSING", "FOR PRESENTATION"],
        "pair without uid": ["FOR PROCESSING", "FOR PRESENTATION"],
        "many": ["FOR PROCESSING"] * 2 + ["FOR PRESENTATION"] * 2,
    }[objects]
    uid = "" if objects == "pair without uid" else exposure.irradiation_event_uid
    return [
        Source(
            image(
                f"{name}-{k}",
                replace(exposure, presentation_intent=intent, irradiation_event_uid=uid),
                10.0 * n + k,
                modality,
                device=made_by,
            ),
            frozenset({n}),
        )
        for k, intent in enumerate(intents)
    ]


@st.composite
def nuclear_worlds(draw: DrawFn, name: str = "nm") -> World:
    """Draw one or two injections, reports of some, and image series of any of them.

    The clocks of report and image differ by up to ten minutes, the activities by up to 2 %.
    """
    count = draw(st.integers(1, 2))
    exposures = tuple(
        injection(
            n,
            administration_event_uid=f"{name}.{n}",
            radionuclide="99m Technetium",
            administered_activity_mbq=300.0 * (2 * n + 1),
            start=at(4 * 3600.0 * n),
            start_time=None,
        )
        for n in range(count)
    )
    made_by = device(f"serial-{name}")
    sources = [
        Source(nm_report(f"{name}-r{n}", [exposures[n]], 10.0 * n, device=made_by), frozenset({n}))
        for n in range(count)
        if draw(st.booleans())
    ]
    late = draw(st.sampled_from([0.0, -480.0, 600.0])) if sources else 0.0
    written = [
        replace(
            exposure,
            administration_event_uid=draw(st.sampled_from(["", f"{name}.other.{n}"])),
            radionuclide="Technetium-99m",
            start=at(4 * 3600.0 * n + late),
        )
        for n, exposure in enumerate(exposures)
    ]
    for number in range(draw(st.integers(0 if sources else 1, 3))):
        n = draw(st.integers(0, count - 1))
        for k in range(draw(st.integers(1, 2))):
            said = draw(st.sampled_from([written[n], replace(written[n], start=None)]))
            sop, series = f"{name}-s{number}-{k}", f"{name}.s{number}"
            record = nm_image(sop, [said], series, k, "NM image", device=made_by)
            sources.append(Source(record, frozenset({n})))
    return World(exposures, tuple(sources))


@st.composite
def combined_worlds(draw: DrawFn) -> tuple[World, World]:
    """Draw fluoroscopy and radiography on one combined system, with images of some exposures."""
    return (_on_combined_system(draw, "RF"), _on_combined_system(draw, "DX"))


def _on_combined_system(draw: DrawFn, modality: str) -> World:
    count = draw(st.integers(1, 4))
    exposures = tuple(
        shot(n, fluoro=modality == "RF", irradiation_event_uid=f"{modality}.{n}")
        for n in range(count)
    )
    sources = []
    for k, window in enumerate(_windows(draw, count)):
        held = [exposures[m] for m in window]
        record = report(f"{modality}-r{k}", held, 10.0 * k, device=device("combined"))
        record = replace(record, modality=modality_by_content(record))
        sources.append(Source(record, frozenset(window)))
    for n in draw(st.sets(st.integers(0, count - 1))):
        shown = image(f"{modality}-i{n}", exposures[n], device=device("combined"))
        sources.append(Source(shown, frozenset({n})))
    return World(exposures, tuple(sources))


worlds = st.one_of(ct_worlds(), projection_worlds(), nuclear_worlds())

several_worlds = st.one_of(
    worlds.map(lambda world: (world,)),
    st.tuples(ct_worlds("one"), ct_worlds("two")),
    st.tuples(ct_worlds("ct"), nuclear_worlds("nm")),
    st.tuples(projection_worlds("a", "DX"), projection_worlds("b", "DX")),
    combined_worlds(),
)
"""One examination, or two that differ in equipment or modality under one Study Instance UID."""

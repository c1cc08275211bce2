"""CT images in, the acquisitions they were reconstructed from out, each once.

Images that name an irradiation event are of it. Others are of one acquisition where acquisition
number and voltage are the same, and the times at which their data were acquired overlap. Where
times are missing and the same range is there twice, it cannot be told.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from math import fsum
from typing import NamedTuple

from kerma.extract.ct_image_facts import ImageFacts
from kerma.extract.ct_tolerances import TOLERANCES


class Stack:
    """The images of one series that were made from one acquisition, in their order along z."""

    def __init__(self, images: Iterable[ImageFacts]) -> None:
        self.images = tuple(sorted(images, key=_order))
        first = self.images[0]
        self.series = first.series
        self.acquisition = first.acquisition
        self.event = first.events[0] if first.events else ""
        number = first.series_number
        self.name = "a series without number" if number is None else f"series {number}"
        modes = {image.mode for image in self.images}
        self.mode = modes.pop() if len(modes) == 1 else ""

    @cached_property
    def at_each_place(self) -> tuple[ImageFacts, ...]:
        """The first image at every position."""
        found: list[ImageFacts] = []
        for image in self.images:
            if not found or _z(image) - _z(found[-1]) > TOLERANCES["position_mm"]:
                found.append(image)
        return tuple(found)

    @cached_property
    def repeats(self) -> bool:
        """Whether a place is there more than once, at times that differ or are not known."""
        times: dict[int, set[str]] = defaultdict(set)
        place = -1
        for image in self.images:
            if place < 0 or _z(image) - _z(self.at_each_place[place]) > TOLERANCES["position_mm"]:
                place += 1
            if image.started in times[place] and image.started:
                continue
            if times[place]:
                return True
            times[place].add(image.started)
        return False

    @property
    def low_mm(self) -> float:
        """Where the first slice begins."""
        return min(_z(image) - (image.thickness_mm or 0.0) / 2 for image in self.images)

    @property
    def high_mm(self) -> float:
        """Where the last slice ends."""
        return max(_z(image) + (image.thickness_mm or 0.0) / 2 for image in self.images)

    @cached_property
    def gaps_mm(self) -> tuple[float, ...]:
        """The distances between slices that do not touch."""
        places = self.at_each_place
        steps = (
            (_z(after) - _z(image), image.thickness_mm or 0.0) for image, after in pairwise(places)
        )
        return tuple(step for step, thick in steps if step > thick * TOLERANCES["gap"])

    @cached_property
    def ctdivol_range(self) -> tuple[float, float] | None:
        """The smallest and the largest value, in mGy."""
        values = [image.ctdivol_mgy for image in self.images if image.ctdivol_mgy]
        return (min(values), max(values)) if values else None

    @cached_property
    def mean_ctdivol_mgy(self) -> float:
        """The mean over the range, each image weighted with the part of it that it stands for."""
        places = self.at_each_place
        weights = _weights(places)
        values = (image.ctdivol_mgy or 0.0 for image in places)
        weighted = fsum(w * v for w, v in zip(weights, values, strict=True))
        return weighted / fsum(weights)

    @cached_property
    def times(self) -> tuple[str, str] | None:
        """When the first and the last data were acquired."""
        said = [image.started for image in self.images if image.started]
        return (min(said), max(said)) if len(said) == len(self.images) else None

    @cached_property
    def kvp(self) -> frozenset[float]:
        """The voltages, in kV."""
        return frozenset(image.kvp for image in self.images if image.kvp)


class Acquisition:
    """One exposure, and everything that was reconstructed from it."""

    def __init__(self, stacks: Iterable[Stack]) -> None:
        self.stacks = tuple(sorted(stacks, key=lambda s: (s.series, s.acquisition or 0)))
        self.main = max(self.stacks, key=_worth)
        self.images = tuple(image for stack in self.stacks for image in stack.images)
        self.event_uid = next((stack.event for stack in self.stacks if stack.event), "")
        number = self.main.acquisition
        self.name = self.main.name[:1].upper() + self.main.name[1:]
        if number is not None:
            self.name += f", acquisition {number}"

    @property
    def key(self) -> str:
        """Tells it from the other acquisitions of its study."""
        if self.event_uid:
            return self.event_uid
        return f"{min(s.series for s in self.stacks)} {self.main.acquisition}"

    @property
    def range_mm(self) -> float:
        """Length of the range that all reconstructions cover together."""
        low = min(stack.low_mm for stack in self.stacks)
        return max(stack.high_mm for stack in self.stacks) - low

    @property
    def began(self) -> tuple[str, int]:
        """By which acquisitions are put in order."""
        times = [stack.times[0] for stack in self.stacks if stack.times]
        numbers = [i.series_number for i in self.images if i.series_number is not None]
        return min(times, default=""), min(numbers, default=0)

    def one(self, name: str) -> float | None:
        """Return a value that all images which give it agree about, else None."""
        found = {value for image in self.images if (value := getattr(image, name))}
        return found.pop() if len(found) == 1 else None


class Found(NamedTuple):
    """The acquisitions, and what cannot be told apart."""

    acquisitions: tuple[Acquisition, ...]
    doubts: tuple[str, ...]


def acquisitions(images: Sequence[ImageFacts]) -> Found:
    """Return the acquisitions of which these are axial images."""
    several = sum(len(image.events) > 1 for image in images)
    doubts = [f"{several} images name several irradiation events."] if several else []
    stacks = _stacks([image for image in images if len(image.events) <= 1])
    groups: list[list[Stack]] = []
    for stack in stacks:
        same = []
        for group in groups:
            told = [_are_one(stack, other) for other in group]
            doubts += [
                f"{_names(stack, other)}: {why}"
                for other, (_, why) in zip(group, told, strict=True)
                if why
            ]
            if any(is_one for is_one, _ in told):
                same.append(group)
        groups = [group for group in groups if group not in same]
        groups.append([stack, *(other for group in same for other in group)])
    found = sorted(map(Acquisition, groups), key=lambda a: (a.began, a.key))
    return Found(tuple(found), tuple(dict.fromkeys(doubts)))


def _stacks(images: Iterable[ImageFacts]) -> list[Stack]:
    """Return the images by series, acquisition number and event; the same image twice is one."""
    parts: dict[tuple[str, int, str], dict[object, ImageFacts]] = defaultdict(dict)
    for image in images:
        number = -1 if image.acquisition is None else image.acquisition
        key = (image.series, number, image.events[0] if image.events else "")
        parts[key][image.sop, image.z_mm, image.started] = image
    found = [Stack(members.values()) for _, members in sorted(parts.items())]
    return _steps_together(found)


def _steps_together(stacks: Iterable[Stack]) -> list[Stack]:
    """Put the positions of the table of a sequence together that count as an acquisition each."""
    by_series: dict[tuple[str, bool], list[Stack]] = defaultdict(list)
    for stack in stacks:
        by_series[stack.series, _is_step(stack)].append(stack)
    found: list[Stack] = []
    for (_, steps), members in sorted(by_series.items()):
        apart = all(
            not _overlap(one, other) for n, one in enumerate(members) for other in members[:n]
        )
        if steps and len(members) > 1 and apart:
            found.append(Stack(image for stack in members for image in stack.images))
        else:
            found += members
    return found


def _is_step(stack: Stack) -> bool:
    """Whether these are the images of one rotation of a sequence."""
    widths = {image.total_mm for image in stack.images}
    width = widths.pop() if len(widths) == 1 else None
    return (
        not stack.event
        and stack.mode == "sequenced"
        and width is not None
        and stack.high_mm - stack.low_mm <= width * TOLERANCES["gap"]
    )


def _are_one(one: Stack, other: Stack) -> tuple[bool, str]:
    """Return whether two stacks were made from one acquisition, and why it cannot be told."""
    if one.event and other.event:
        return one.event == other.event, ""
    if one.event or other.event:
        return _one_without_event(one, other)
    at_once, differ = _at_once(one, other), _numbers_differ(one, other)
    if at_once is None:
        if differ or not _overlap(one, other):
            return False, ""
        return False, "they show one range, and no time says whether it was scanned once or twice."
    if at_once and differ and _overlap(one, other):
        return False, "they show one range at one time under two acquisition numbers."
    return at_once and not differ, ""


def _one_without_event(one: Stack, other: Stack) -> tuple[bool, str]:
    """As `_are_one`, where only one of them names its event."""
    if _overlap(one, other) and _at_once(one, other) is not False:
        return False, "only one of them names its irradiation event, and they show one range."
    return False, ""


def _at_once(one: Stack, other: Stack) -> bool | None:
    """Return whether the times overlap; None where they are not known."""
    if one.times is None or other.times is None:
        return None
    return one.times[0] <= other.times[1] and other.times[0] <= one.times[1]


def _numbers_differ(one: Stack, other: Stack) -> bool:
    numbers = (one.acquisition, other.acquisition)
    return None not in numbers and numbers[0] != numbers[1]


def _overlap(one: Stack, other: Stack) -> bool:
    """Return whether the ranges share more than a slice; so do those without positions."""
    if any(image.z_mm is None for stack in (one, other) for image in stack.images):
        return True
    thick = max(image.thickness_mm or 0.0 for stack in (one, other) for image in stack.images)
    shared = min(one.high_mm, other.high_mm) - max(one.low_mm, other.low_mm)
    return shared > max(thick, TOLERANCES["position_mm"])


def _weights(places: Sequence[ImageFacts]) -> list[float]:
    """Return the part of the range, in mm, that each image stands for."""
    if len(places) == 1:
        return [1.0]
    edges = [(_z(a) + _z(b)) / 2 for a, b in pairwise(places)]
    first = _z(places[0]) - (places[0].thickness_mm or 0.0) / 2
    last = _z(places[-1]) + (places[-1].thickness_mm or 0.0) / 2
    limits = [first, *edges, last]
    return [high - low for low, high in pairwise(limits)]


def _worth(stack: Stack) -> tuple[bool, float, int, str]:
    """Order reconstructions: with CTDIvol, the longest, the finest, then by UID."""
    length = stack.high_mm - stack.low_mm
    return stack.ctdivol_range is not None, round(length, 1), len(stack.images), stack.series


def _names(one: Stack, other: Stack) -> str:
    first, second = sorted((one.name, other.name))
    both = f"{first} twice" if first == second else f"{first} and {second}"
    return both[:1].upper() + both[1:]


def _order(image: ImageFacts) -> tuple[float, str, str]:
    return _z(image), image.started, image.sop


def _z(image: ImageFacts) -> float:
    return image.z_mm or 0.0

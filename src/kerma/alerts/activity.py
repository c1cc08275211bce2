"""A prescription of activity and a body mass in, the range that it allows out; known presets."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class Prescribed(NamedTuple):
    """The range of activity prescribed, in MBq."""

    low: float
    high: float


class Points(NamedTuple):
    """Activities in MBq at body masses in kg, ascending."""

    masses_kg: tuple[float, ...]
    activities_mbq: tuple[float, ...]


def prescribed(settings: Mapping[str, Any], mass_kg: float | None) -> Prescribed | None:
    """Return the range prescribed, without its tolerance; None where the mass is needed."""
    if settings["form"] == "fixed":
        return Prescribed(settings["low"], settings["high"])
    if mass_kg is None or mass_kg <= 0:
        return None
    if settings["form"] == "by-mass":
        one = _between(read_points(settings["points"]), mass_kg)
        return Prescribed(one, one)
    ends = (settings["low"] * mass_kg, settings["high"] * mass_kg)
    low, high = (_within(end, settings.get("least"), settings.get("most")) for end in ends)
    return Prescribed(low, high)


def _within(value: float, least: float | None, most: float | None) -> float:
    value = value if least is None else max(value, least)
    return value if most is None else min(value, most)


def _between(points: Points, mass_kg: float) -> float:
    """Return the activity on the line between two points; beyond the ends that of the end."""
    masses, activities = points
    if mass_kg <= masses[0]:
        return activities[0]
    for n in range(1, len(masses)):
        if mass_kg <= masses[n]:
            share = (mass_kg - masses[n - 1]) / (masses[n] - masses[n - 1])
            return activities[n - 1] + share * (activities[n] - activities[n - 1])
    return activities[-1]


def read_points(text: str) -> Points:
    """Read "10: 95, 20: 170", masses in kg and activities in MBq.

    Raises
    ------
    ValueError
        With a sentence that says what is wanted.
    """
    pairs = []
    for part in filter(str.strip, text.split(",")):
        mass, colon, activity = part.partition(":")
        try:
            pairs.append((float(mass), float(activity)))
        except ValueError:
            colon = ""
        if not colon:
            raise ValueError(f"“{part.strip()}” is no mass and activity, such as “10: 95”.")
    masses = tuple(mass for mass, _ in pairs)
    if len(masses) < 2 or list(masses) != sorted(set(masses)) or min(masses) <= 0:
        raise ValueError("Give two masses or more, each greater than the one before.")
    if min(activity for _, activity in pairs) <= 0:
        raise ValueError("Activities must be greater than 0 MBq.")
    return Points(masses, tuple(activity for _, activity in pairs))


def is_agent(words: str, agent: str) -> bool:
    """Return whether one of the words, with commas between, names the agent.

    Short words, such as IDA, must begin a word of the agent's name.
    """
    name = agent.casefold()
    for word in filter(None, (one.strip().casefold() for one in words.split(","))):
        start = r"(?<!\w)" if len(word) < 5 else ""
        if re.search(start + re.escape(word), name):
            return True
    return False


@cache
def presets() -> dict[str, dict[str, str]]:
    """Return the known prescriptions by name, as they would be typed."""
    text = files("kerma.alerts").joinpath("activity_presets.toml").read_text(encoding="utf-8")
    return {one["name"]: _typed(one) for one in tomllib.loads(text)["preset"]}


def _typed(one: Mapping[str, Any]) -> dict[str, str]:
    names = ("agent", "nuclide", "form", "low", "high", "least", "most", "source")
    found = {name: str(one[name]) for name in names if name in one}
    if one["form"] == "by-mass":
        pairs = zip(one["masses_kg"], one["activities_mbq"], strict=True)
        found["points"] = ", ".join(f"{mass:g}: {activity:g}" for mass, activity in pairs)
    return found | {"younger_than": "18"}

"""Agent, activity and age in, effective dose of an administration out: E = e A."""

import math
from collections.abc import Iterator
from pathlib import Path

import msgspec

from kerma.dosimetry import sets
from kerma.dosimetry.outcome import Outcome, shown

KIND = "nm_effective_dose"


class Agent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Coefficients of one radiopharmaceutical, one for each age of the set."""

    label: str
    names: tuple[str, ...]
    """Meanings of its codes (PS3.16 CID 25 and 4021) and texts that mean nothing else."""
    nuclide: tuple[str, ...]
    """Codes of its radionuclide."""
    msv_per_mbq: tuple[float, ...]
    source: str = ""


class NuclearSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named set of coefficients."""

    name: str
    title: str
    source: str
    weighting: str
    valid: str
    age_source: str
    ages: tuple[sets.Age, ...]
    agents: tuple[Agent, ...]

    def faults(self) -> Iterator[str]:
        """Say what is wrong with the numbers."""
        yield from sets.age_faults(self.ages)
        for agent in self.agents:
            yield from sets.number_faults(agent.label, agent.msv_per_mbq, len(self.ages))


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the object says of one administration, and the age of its patient."""

    agent: str = ""
    nuclide_code: str = ""
    activity_mbq: float | None = None
    age_years: float | None = None


def nuclear_sets(site_folder: Path | None = None) -> dict[str, NuclearSet]:
    """Return all sets by name."""
    return sets.load(KIND, NuclearSet, site_folder)


def nm_effective_dose(given: Given, using: NuclearSet) -> Outcome:
    """Return the effective dose of one administration in mSv; what is missing is not guessed."""
    wanted = _letters(given.agent)
    agent = next((a for a in using.agents if wanted in map(_letters, a.names)), None)
    age = None if given.age_years is None else sets.age_index(using.ages, given.age_years)
    if given.activity_mbq is None or not given.activity_mbq > 0:
        return Outcome.none("The object gives no administered activity above 0.")
    if not wanted:
        return Outcome.none("The object does not name the radiopharmaceutical.")
    if agent is None:
        return Outcome.none(f"The set has no coefficient for {given.agent}.")
    if given.nuclide_code and given.nuclide_code not in agent.nuclide:
        return Outcome.none(f"The radionuclide is not that of {agent.label}.")
    if given.age_years is None:
        return Outcome.none("The age of the patient is not known.")
    if age is None or not math.isfinite(agent.msv_per_mbq[age]):
        return Outcome.none(
            f"The set has no coefficient for {agent.label} at {shown(given.age_years)} years."
        )
    return Outcome(
        value=agent.msv_per_mbq[age] * given.activity_mbq,
        method=f"coefficient × administered activity, weights of {using.weighting}",
        set=using.title,
        source=agent.source or using.source,
        inputs={
            "activity": shown(given.activity_mbq, "MBq"),
            "agent": agent.label,
            "age": using.ages[age].name,
            "coefficient": shown(agent.msv_per_mbq[age], "mSv/MBq"),
        },
    )


def _letters(words: str) -> str:
    """Return words without case, spaces and signs."""
    return "".join(filter(str.isalnum, words)).casefold()

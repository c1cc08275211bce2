"""A rule: how the series to fetch are chosen in a study of one modality."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kerma.net.ask.selection import rules as _rules
from kerma.net.ask.selection.chosen import Ask, ChosenSeries
from kerma.net.wanted import Wanted
from kerma.registry import Registry, load_all

Choose = Callable[[Sequence[ChosenSeries], Wanted, Ask], list[ChosenSeries]]


class Rule(NamedTuple):
    """The rule of one modality."""

    name: str
    """Kerma's modality."""
    choose: Choose
    """Given the series of a study, returns them with the verdict on each."""
    none_left: str
    """Why a study of which no series is left is dropped."""


rules: Registry[Rule] = Registry("rule")


def rule_of(modality: str) -> Rule:
    """Return the rule of one of Kerma's modalities."""
    load_all(_rules)
    return rules[modality]


def drop_images(series: Sequence[ChosenSeries], reason: str) -> list[ChosenSeries]:
    """Return the series with all but reports dropped."""
    return [each.drop(reason) if each.kept and not each.is_sr else each for each in series]


def keep_images(
    series: Sequence[ChosenSeries], modalities: Sequence[str], reason: str
) -> list[ChosenSeries]:
    """Return the series with those of these modalities kept, and other images dropped.

    A series whose modality the node does not say is kept.
    """
    named = ", ".join(modalities)
    return [
        each
        if not each.kept or each.is_sr
        else each.keep(reason)
        if each.answer.modality in (*modalities, "")
        else each.drop(f"Only {named} images are read for dose here.")
        for each in series
    ]

"""The demo site computes doses, so that they can be seen; a real site starts with none."""

from kerma.demo import extra
from kerma.demo.extra import Extra
from kerma.pipeline import computed
from kerma.store import options


def _give() -> None:
    for name in ("compute_ssde", "compute_effective_dose"):
        options.put(name, True)
    computed.compute_all(lambda _: None)


extra.registry.add(Extra("computed", 15, _give))

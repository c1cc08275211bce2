"""Links from the standard names of the demo hospital to published reference levels."""

import tomllib
from importlib.resources import files

from kerma.demo import extra
from kerma.demo.extra import Extra
from kerma.store.models import ReferenceLink, StandardName


def _give() -> None:
    if ReferenceLink.objects.exists():
        return
    text = files("kerma.demo").joinpath("data/links.toml").read_text(encoding="utf-8")
    for modality, levels in tomllib.loads(text).items():
        for level, sets in levels.items():
            of_level = StandardName.objects.filter(modality=modality, level=level)
            known = {one.name: one for one in of_level}
            for series, links in sets.items():
                for name, procedure in links.items():
                    if name in known:
                        ReferenceLink.objects.create(
                            standard_name=known[name], level_set=series, procedure=procedure
                        )


extra.registry.add(Extra("reference-levels", 20, _give))

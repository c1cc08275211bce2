"""Links from the standard names of the demo hospital to published levels, and levels of its own."""

import datetime as dt
import tomllib
from importlib.resources import files
from typing import Any

from kerma.demo import extra
from kerma.demo.extra import Extra
from kerma.store.models import ReferenceLink, SiteReferenceLevel, StandardName


def _give() -> None:
    """Link what a site without any links has; one that has made its own keeps them."""
    if ReferenceLink.objects.exists():
        return
    text = files("kerma.demo").joinpath("data/links.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    own = table.pop("site")
    for modality, levels in table.items():
        for level, sets in levels.items():
            for series, links in sets.items():
                _link(modality, level, series, links)
    for one in own:
        _keep(one)


def _link(modality: str, level: str, series: str, links: dict[str, str]) -> None:
    names = StandardName.objects.filter(modality=modality, level=level, name__in=links)
    ReferenceLink.objects.bulk_create(
        [
            ReferenceLink(standard_name=name, level_set=series, procedure=links[name.name])
            for name in names
        ]
    )


def _keep(one: dict[str, Any]) -> None:
    """Keep one level of the site, from the beginning of last year on."""
    name = StandardName.objects.filter(
        modality=one.pop("modality"), level="study", name=one.pop("name")
    ).first()
    if name is not None:
        first = dt.date(dt.date.today().year - 1, 1, 1)  # noqa: DTZ011 - the site's own year
        SiteReferenceLevel.objects.create(standard_name=name, valid_from=first, **one)


extra.registry.add(Extra("reference-levels", 20, _give))

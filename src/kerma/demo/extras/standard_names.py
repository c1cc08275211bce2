"""Standard names for what the demo hospital writes; some texts are left to be named."""

from importlib.resources import files

from kerma.demo import extra
from kerma.demo.extra import Extra
from kerma.store import name_book, name_table, naming
from kerma.store.models import StandardName


def _give() -> None:
    """Name what a site without any names has; one that has made its own keeps them."""
    if not StandardName.objects.exists():
        text = files("kerma.demo").joinpath("data/names.csv").read_text(encoding="utf-8")
        name_table.fill(name_table.read(text).rows)
    name_book.touch(apply=False)
    naming.apply_all()


extra.registry.add(Extra("standard-names", 10, _give))

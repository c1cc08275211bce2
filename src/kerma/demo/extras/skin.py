"""Geometries for the invented fluoroscopy equipment, and the skin dose maps of its studies."""

from kerma.demo import extra
from kerma.demo.extra import Extra
from kerma.pipeline import follow_up
from kerma.pipeline.skin_dose import MODALITY
from kerma.store.models import Device, SkinGeometry

_COMMENT = "Invented equipment: its reports are written by the definitions of DICOM."

_LEFT_UNKNOWN = 1
"""Models left without an entry, so that one sees what happens then."""


def _give() -> None:
    devices = Device.objects.filter(studies__modality=MODALITY).order_by("manufacturer", "model")
    models = list(devices.values_list("manufacturer", "model").distinct())
    known = models[:-_LEFT_UNKNOWN] if len(models) > _LEFT_UNKNOWN else models
    for manufacturer, model in known:
        SkinGeometry.objects.get_or_create(
            manufacturer=manufacturer,
            model=model,
            software_version="",
            defaults={"state": "plausible", "comment": _COMMENT, "settings": {}},
        )
    follow_up.work_off()


extra.registry.add(Extra("skin", 90, _give))

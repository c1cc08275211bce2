"""An export that lies ready for the demo's administrator."""

from django.contrib.auth.models import User

from kerma.demo import extra
from kerma.demo.extra import Extra
from kerma.pipeline import exporting, jobs
from kerma.registry import load_all
from kerma.store.engine import run
from kerma.store.models import Export, Study


def _give() -> None:
    user = User.objects.filter(groups__name="export").order_by("pk").first()
    if user is None or Export.objects.exists() or not Study.objects.filter(modality="CT").exists():
        return
    load_all(jobs)
    made = exporting.ask(user, "CT", "xlsx", [])
    if made.task_id is not None:
        run(made.task_id)


extra.registry.add(Extra("exports", 40, _give))

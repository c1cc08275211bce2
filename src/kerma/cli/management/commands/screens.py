"""`kerma screens`: the dose screens of CT scanners that cannot report."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from kerma.cli.database import require_database
from kerma.store import screens
from kerma.store.models import ScreenStudy


class Command(BaseCommand):
    """List the studies whose dose is on pictures, and what they wait for."""

    help = (
        "List the studies whose dose is shown on pictures only and that wait for a person. "
        "They are imported as everything else is: see `kerma import`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--all", action="store_true", help="those too that wait for nobody")

    def handle(self, *, all: bool, **options: object) -> None:
        """Write one line a study."""
        require_database()
        found = ScreenStudy.objects.order_by("pk")
        if not all:
            found = found.filter(state__in=screens.WAITING)
        for study in found.iterator():
            line = {
                "number": study.pk,
                "study_instance_uid": study.study_instance_uid,
                "state": study.state,
                "manufacturer": study.manufacturer,
                "model": study.model,
                "software_versions": study.software_versions,
                "station_name": study.station_name,
                "study_date": study.study_date.isoformat() if study.study_date else None,
                "layout": study.layout,
                "unknown_glyphs": study.unknown_glyphs,
                "doubts": [doubt.sentence for doubt in screens.reading_of(study).doubts],
            }
            self.stdout.write(json.dumps(line, ensure_ascii=False))

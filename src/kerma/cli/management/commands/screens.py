"""`kerma screens list|export|import`: the dose screens of CT scanners that cannot report."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import cast

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify

from kerma.cli.database import require_database
from kerma.errors import KermaError
from kerma.pipeline import jobs
from kerma.pipeline.screens import acts
from kerma.registry import load_all
from kerma.screens import glyph_file
from kerma.store import glyph_sets, screens
from kerma.store.models import GlyphSet, ScreenStudy


class Command(BaseCommand):
    """List what waits; share the letters of scanners between sites."""

    help = (
        "List the studies whose dose is shown on pictures only and that wait for a person, or "
        "share the letters of their scanners. Screens are imported as everything else is: see "
        "`kerma import`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--all", action="store_true", help="those too that wait for nobody")
        actions = parser.add_subparsers(dest="action", metavar="ACTION")
        actions.add_parser("list", help="one JSON object a line; this is the default")
        export = actions.add_parser("export", help="write the letters of each scanner to a file")
        export.add_argument("folder", type=Path, metavar="FOLDER", help="for the files")
        take = actions.add_parser("import", help="take letters from files, and read what waits")
        take.add_argument("files", nargs="+", type=Path, metavar="FILE", help="made by export")
        take.add_argument(
            "--replace", action="store_true", help="the file is right where the two differ"
        )

    def handle(self, *, action: str | None, all: bool, **options: object) -> None:
        """Run the command."""
        require_database()
        if action == "export":
            self._export(cast(Path, options["folder"]))
        elif action == "import":
            self._import(cast(list[Path], options["files"]), replace=bool(options["replace"]))
        else:
            self._list(every=all)

    def _list(self, *, every: bool) -> None:
        """Write one line a study."""
        found = ScreenStudy.objects.order_by("pk")
        if not every:
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

    def _export(self, folder: Path) -> None:
        """Write a file for each scanner."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for one in GlyphSet.objects.order_by("pk"):
                path = folder / f"glyphs-{slugify(str(one)) or one.pk}.txt"
                path.write_text(glyph_file.dump(glyph_sets.record_of(one)), encoding="utf-8")
                self.stdout.write(str(path))
        except OSError as error:
            raise CommandError(f"{folder}: {error.strerror}.") from None

    def _import(self, files: list[Path], *, replace: bool) -> None:
        """Take each file, and ask for what waits to be read anew."""
        load_all(jobs)
        refused = 0
        for path in files:
            try:
                shapes = glyph_file.load(path.read_bytes())
                made = glyph_sets.import_set(shapes, None, replace=replace)
            except (KermaError, OSError) as error:
                reason = getattr(error, "strerror", None) or error
                self.stderr.write(f"{path}: {reason}")
                refused += 1
                continue
            self.stdout.write(f"{made}: {made.glyphs.count()} letters are known.")
            acts.read_again(glyph_sets.scanner_of_set(made), None)
        if refused:
            raise CommandError(f"{refused} of {len(files)} files were refused.")

"""`kerma glyphs list|export|import`: the letters of the screens of each scanner."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from kerma.cli.database import ensure_database, require_database
from kerma.errors import KermaError
from kerma.pipeline.screens import acts
from kerma.screens import glyph_file
from kerma.store import glyph_sets
from kerma.store.models import GlyphSet


class Command(BaseCommand):
    """List the sets of glyphs, write one to a file, or add those of files."""

    help = "List the glyphs that scanners' dose screens are read with, or share them as files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        actions = parser.add_subparsers(dest="action", metavar="ACTION")
        actions.add_parser("list", help="one JSON object a line; this is the default")
        export = actions.add_parser("export", help="write a set to a file")
        export.add_argument("number", type=int, metavar="NUMBER", help="as listed")
        export.add_argument("--out", type=Path, metavar="FILE", help="instead of the terminal")
        taken = actions.add_parser("import", help="add the glyphs of files to those known here")
        taken.add_argument("files", nargs="+", type=Path, metavar="FILE")
        taken.add_argument(
            "--replace", action="store_true", help="the file is right where the two differ"
        )

    def handle(self, *, action: str | None, **options: object) -> None:
        """Run the command."""
        if action == "export":
            self._export(**options)  # type: ignore[arg-type]
        elif action == "import":
            self._import(**options)  # type: ignore[arg-type]
        else:
            self._list()

    def _list(self) -> None:
        require_database()
        for found in GlyphSet.objects.annotate(size=Count("glyphs")).order_by("pk"):
            line = {
                "number": found.pk,
                "manufacturer": found.manufacturer,
                "model": found.model,
                "software_versions": found.software_versions,
                "glyphs": found.size,
                "source": found.source,
            }
            self.stdout.write(json.dumps(line, ensure_ascii=False))

    def _export(self, number: int, out: Path | None, **options: object) -> None:
        require_database()
        found = GlyphSet.objects.filter(pk=number).first()
        if found is None:
            raise CommandError(f"There is no set number {number}.", returncode=2)
        text = glyph_file.dump(glyph_sets.record_of(found))
        if out is None:
            sys.stdout.write(text)
            return
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from None

    def _import(self, files: list[Path], replace: bool, **options: object) -> None:
        ensure_database()
        refused = 0
        for path in files:
            try:
                shapes = glyph_file.load(path.read_bytes())
                found = glyph_sets.import_set(shapes, None, replace=replace)
            except (OSError, KermaError) as error:
                refused += 1
                said = error.strerror if isinstance(error, OSError) else error
                self.stderr.write(f"{path}: {said}")
            else:
                acts.read_again(glyph_sets.scanner_of_set(found), None, and_stored=replace)
                stored = ", and those stored again" if replace else ""
                self.stdout.write(
                    f"{path}: {len(shapes.texts)} glyphs for {found}. A worker reads the studies "
                    f"that wait for them anew{stored}."
                )
        if refused:
            raise CommandError(f"{refused} of {len(files)} files were refused.")

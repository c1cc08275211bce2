"""`kerma extract`: print what dose objects say, one study record a line."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kerma.errors import KermaError
from kerma.extract import read
from kerma.pipeline.find import files_below, readable
from kerma.records import to_json
from kerma.screens.glyph_file import load
from kerma.screens.glyph_set import GlyphSet


class Command(BaseCommand):
    """Read objects one by one; keep going past the ones that cannot be read."""

    help = (
        "Print the study record of DICOM objects as JSON Lines. Needs no database. Folders are "
        "searched; exits with status 1 if anything was refused."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="file or folder")
        parser.add_argument(
            "--glyphs",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="glyphs to read pictures of dose screens with, as exported by Kerma; repeatable",
        )

    def handle(self, *, paths: list[Path], glyphs: list[Path], **options: object) -> None:
        """Run the command."""
        known = [_glyph_set(path) for path in glyphs]
        refused = files = 0
        for files, path in enumerate(_files(paths), 1):  # noqa: B007
            refused += not self._print(path, known)
        if refused:
            raise CommandError(f"{refused} of {files} files were refused.")

    def _print(self, path: Path, glyphs: Sequence[GlyphSet]) -> bool:
        """Write the record of one file to stdout, or the reason why there is none to stderr."""
        try:
            line = to_json(read(path, glyphs=glyphs)).decode()
        except KermaError as error:
            self.stderr.write(f"{readable(str(path))}: {error}")
            return False
        except OSError as error:
            self.stderr.write(f"{readable(str(path))}: {error.strerror or error}.")
            return False
        self.stdout.write(line)
        return True


def _files(paths: list[Path]) -> Iterator[Path]:
    """Yield the files, and those below folders in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from map(Path, files_below(str(path)))
        else:
            yield path


def _glyph_set(path: Path) -> GlyphSet:
    try:
        return load(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{readable(str(path))}: {error.strerror or error}.") from None
    except KermaError as error:
        raise CommandError(f"{readable(str(path))}: {error}") from None

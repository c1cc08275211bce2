"""`kerma import`: files, folders, DICOMDIR and zip files into the database."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from kerma.cli.importing import import_paths


def _number(text: str) -> int:
    """Read a number of processes; at least one."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


class Command(BaseCommand):
    """Import DICOM objects; keep going past the ones that cannot be used."""

    help = (
        "Import DICOM objects: files, folders, DICOMDIR and zip files. The kind of each object is "
        "detected. Exits with status 1 if any object was refused; the rest is done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "paths", nargs="+", metavar="PATH", help="file, folder, DICOMDIR or zip"
        )
        parser.add_argument(
            "--jobs", type=_number, default=1, metavar="N", help="processes (default 1)"
        )
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="write outcomes as JSON Lines"
        )
        parser.add_argument(
            "--delete", action="store_true", help="delete each file that is in the database now"
        )

    def handle(
        self,
        *,
        paths: list[str],
        jobs: int,
        report: Path | None,
        delete: bool,
        **options: object,
    ) -> None:
        """Run the command."""
        import_paths(self, paths, jobs=jobs, report=report, delete=delete)

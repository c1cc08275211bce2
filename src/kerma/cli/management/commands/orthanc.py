"""`kerma orthanc FOLDER`: a script and a configuration for an Orthanc that receives for Kerma."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from kerma.cli.database import require_database
from kerma.net import orthanc
from kerma.net.orthanc import Door
from kerma.pipeline.watched import fault_of

_LONGEST_TITLE = 16


class Command(BaseCommand):
    """Write both files, filled in with the rules of the site."""

    help = (
        "Write a Lua script and a configuration for Debian's Orthanc, so that what it receives "
        "comes to Kerma. The lists and switches are those of the page of rules."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("where", type=Path, metavar="FOLDER", help="where to write both files")
        parser.add_argument("--url", default="", help="address of Kerma, as https://kerma.example")
        parser.add_argument("--token", default="", help="text of a token, for that address")
        parser.add_argument("--folder", default="", help="a watched folder, instead of the address")
        parser.add_argument("--aet", default="KERMA", help="AE title of Orthanc (default KERMA)")
        parser.add_argument("--port", type=int, default=104, help="DICOM port (default 104)")

    def handle(
        self, *, where: Path, url: str, token: str, folder: str, aet: str, port: int,
        **options: object,
    ) -> None:  # fmt: skip
        """Run the command."""
        if fault := _fault(url, token, folder, aet, port):
            raise CommandError(fault, returncode=2)
        require_database()
        door = Door(orthanc.stow_address(url) if url else "", token, folder, aet, port)
        try:
            written = orthanc.write(where, door)
        except OSError as error:
            raise CommandError(f"{where} cannot be written: {error.strerror}.") from error
        for path in written:
            self.stdout.write(str(path))


def _fault(url: str, token: str, folder: str, aet: str, port: int) -> str:
    """Return what is wrong with the arguments, "" if nothing is."""
    if bool(folder) == bool(url):
        return "Give either --url with --token, or --folder."
    if url and not url.startswith(("http://", "https://")):
        return f"{url} is no address; write it as https://kerma.example."
    if url and not token:
        return "Give the --token too; an administrator makes one on the page Tokens of programs."
    if not 0 < len(aet.encode()) <= _LONGEST_TITLE or "\\" in aet or not aet.isascii():
        return f"{aet!r} is no AE title: up to 16 plain characters, no backslash."
    if not 0 < port < 65536:
        return f"There is no port {port}."
    return fault_of(folder) if folder else ""

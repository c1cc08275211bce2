"""`kerma estimate PATH…`: doses of CT studies from the headers of their images, for a look."""

from collections.abc import Iterator

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.dicom.files import read_bytes
from kerma.errors import KermaError
from kerma.extract.ct_estimate import Estimate
from kerma.pipeline import estimated
from kerma.pipeline.find import arrivals, readable


class Command(BaseCommand):
    """Estimate without storing anything."""

    help = (
        "Print what is estimated of the dose of CT studies from CTDIvol in the headers of their "
        "images: one line an acquisition. Folders and zip files are searched. Stores nothing. "
        "Exits with status 1 if a study cannot be estimated."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("paths", nargs="+", metavar="PATH", help="file or folder")
        parser.add_argument("--json", action="store_true", help="one JSON object a study")

    def handle(self, *, paths: list[str], json: bool, **options: object) -> None:
        """Run the command."""
        studies = left = 0
        for head, found in estimated.headers_in(self._headers(paths)):
            studies += 1
            left += bool(found.doubts or not found.events)
            self.stdout.write(_json(head, found) if json else "\n".join(_lines(head, found)))
        if not studies:
            raise CommandError("There are no CT images here. Name files or folders with images.")
        if left:
            raise CommandError(f"{left} of {studies} studies cannot be estimated.")

    def _headers(self, paths: list[str]) -> Iterator[DataSet]:
        for arrival in arrivals(paths):
            try:
                with arrival.open() as data:
                    header = read_bytes(data).data_set
            except KermaError as error:
                self.stderr.write(f"{readable(arrival.name)}: {error}")
            else:
                yield header


def _lines(head: DataSet, found: Estimate) -> Iterator[str]:
    yield f"Study {head.first(tags.StudyInstanceUID)}"
    for event in found.events:
        name = f"{event.acquisition_protocol or 'no protocol'}, series {event.series_number}"
        yield (
            f"  {name}: CTDIvol {event.ctdivol_mgy:g} mGy, length {event.scanning_length_mm:g} mm, "
            f"DLP {event.dlp_mgycm:g} mGy·cm"
        )
    for sentence in (*found.notes, *found.doubts):
        yield f"  {sentence}"
    if found.events and not found.doubts:
        yield f"  Total DLP, estimated: {found.dlp_mgycm:g} mGy·cm"
    elif not found.has_ctdivol:
        yield f"  {estimated.NO_CTDIVOL}"


def _json(head: DataSet, found: Estimate) -> str:
    told = {
        "study_instance_uid": head.first(tags.StudyInstanceUID),
        "dlp_mgycm": found.dlp_mgycm if found.events and not found.doubts else None,
        "events": found.events,
        "doubts": found.doubts,
        "notes": found.notes,
    }
    return msgspec.json.encode(told).decode()

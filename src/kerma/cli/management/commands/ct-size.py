"""`kerma ct-size PATH…`: the size of the patient in axial CT images, series by series."""

from collections.abc import Iterator

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kerma.cli.database import ensure_database
from kerma.dosimetry import image_size
from kerma.dosimetry.image_size import SeriesSize
from kerma.errors import KermaError
from kerma.pipeline import ct_size
from kerma.pipeline.ct_size import Measured
from kerma.pipeline.find import arrivals, readable
from kerma.store.ct_sizes import Place


class Command(BaseCommand):
    """Measure images one by one; keep going past those that cannot be measured."""

    help = (
        "Print the water-equivalent diameter of the patient in axial CT images, of each series and "
        "acquisition. Folders and zip files are searched. Exits with status 1 if anything was "
        "refused. Needs a database only to keep what was found."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("paths", nargs="+", metavar="PATH", help="file or folder")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument("--images", action="store_true", help="say the size in every image too")
        parser.add_argument(
            "--keep",
            action="store_true",
            help="keep the sizes, so that doses of the stored studies are computed by them",
        )

    def handle(
        self, *, paths: list[str], json: bool, images: bool, keep: bool, **options: object
    ) -> None:
        """Run the command."""
        if keep:
            ensure_database()
        self._files = self._refused = 0
        measured = []
        for one in self._measured(paths):
            measured.append(one)
            if keep:
                ct_size.keep(one)
            if images:
                self.stdout.write(_image_json(one) if json else _image_line(one))
        for place, number, size in ct_size.series(measured):
            told = _json(place, number, size) if json else _line(place, number, size)
            self.stdout.write(told)
        if self._refused:
            raise CommandError(f"{self._refused} of {self._files} files were refused.")
        if not measured:
            raise CommandError("There are no files here. Name files or folders with CT images.")

    def _measured(self, paths: list[str]) -> Iterator[Measured]:
        for arrival in arrivals(paths):
            self._files += 1
            try:
                with arrival.open() as data:
                    yield ct_size.measure(bytes(data[:]))
            except KermaError as error:
                self._refused += 1
                self.stderr.write(f"{readable(arrival.name)}: {error}")


def _image_line(one: Measured) -> str:
    place = "" if one.section.position_mm is None else f" at {one.section.position_mm:.1f} mm"
    cut_off = ", cut off by the field of view" if one.section.is_cut_off else ""
    return f"Image{place}: {one.section.diameter_mm / 10:.2f} cm{cut_off}"


def _image_json(one: Measured) -> str:
    told = {
        "sop_instance_uid": one.sop_instance_uid,
        "position_mm": one.section.position_mm,
        "water_equivalent_diameter_mm": one.section.diameter_mm,
        "cut_off": one.section.is_cut_off,
    }
    return msgspec.json.encode(told).decode()


def _line(place: Place, number: int | None, size: SeriesSize) -> str:
    series = f"Series {place.series_instance_uid if number is None else number}"
    acquisition = f", acquisition {place.acquisition_number}" if place.acquisition_number else ""
    middle = "" if size.middle_mm is None else f", {size.middle_mm / 10:.2f} cm in the middle"
    images = "1 image" if size.images == 1 else f"{size.images} images"
    return (
        f"{series}{acquisition}: {images}, water-equivalent diameter {size.mean_mm / 10:.2f} cm "
        f"({size.minimum_mm / 10:.2f} to {size.maximum_mm / 10:.2f} cm){middle}; "
        f"{size.cut_off_share:.0%} cut off by the field of view"
    )


def _json(place: Place, number: int | None, size: SeriesSize) -> str:
    told = {
        **place._asdict(),
        "series_number": number,
        "method": image_size.METHOD,
        "images": size.images,
        "mean_mm": round(size.mean_mm, 2),
        "minimum_mm": size.minimum_mm,
        "maximum_mm": size.maximum_mm,
        "middle_mm": size.middle_mm,
        "cut_off_share": round(size.cut_off_share, 4),
    }
    return msgspec.json.encode(told).decode()


__all__ = ["Command"]

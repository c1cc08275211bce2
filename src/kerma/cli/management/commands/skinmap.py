"""`kerma skinmap`: the skin dose map of one stored study, as JSON or as a picture."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from kerma.cli.database import ensure_database
from kerma.dosimetry.skin import picture
from kerma.dosimetry.skin.calculate import SkinDose
from kerma.pipeline import skin_dose
from kerma.store.models import SkinMap, Study


class Command(BaseCommand):
    """Print the skin dose map of a study, or write a picture of it."""

    help = (
        "Print the skin dose map of a stored fluoroscopy study as JSON, or write a picture of it. "
        "It is computed first if it is not stored, or if what goes into it has changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("study_instance_uid", metavar="STUDY_INSTANCE_UID")
        parser.add_argument("--json", action="store_true", help="print the map (the default)")
        parser.add_argument("--png", type=Path, metavar="FILE", help="write a picture there")

    def handle(
        self, *, study_instance_uid: str, json: bool, png: Path | None, **options: object
    ) -> None:
        """Run the command."""
        ensure_database()
        kept, _ = skin_dose.make_now(_study(study_instance_uid))
        found = skin_dose.stored(kept)
        if found is None:
            raise CommandError(kept.reason)
        if png is not None:
            _write(png, picture.png(found, "Absorbed dose to the skin"))
            self.stderr.write(f"Written: {png}")
        if json or png is None:
            self.stdout.write(msgspec.json.encode(_told(kept, found)).decode())


def _study(uid: str) -> Study:
    studies = Study.objects.select_related("device").filter(study_instance_uid=uid)
    found = studies.filter(modality=skin_dose.MODALITY).order_by("pk").first()
    if found is not None:
        return found
    other = studies.first()
    if other is None:
        raise CommandError("No study with this Study Instance UID is stored.")
    raise CommandError(
        f"This is a study of modality {other.modality}; skin dose maps are of fluoroscopy (RF)."
    )


def _told(kept: SkinMap, found: SkinDose) -> dict[str, Any]:
    """Return what the command prints: doses in Gy, row 0 at the crown."""
    return {
        "peak_skin_dose_gy": found.peak_gy,
        "peak_at": {"row": found.peak_row, "col": found.peak_column},
        "peak_place": found.place,
        "rows": found.rows,
        "cols": found.columns,
        "map_gy": [[float(f"{dose:.6g}") for dose in row] for row in found.map_gy.tolist()],
        "phantom": kept.phantom,
        "fraction_of_dap_on_phantom": found.share_on_body,
        "method": kept.method,
        "state": kept.state,
    }


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise CommandError(
            f"The picture cannot be written to {path}: {error.strerror}. Give another path."
        ) from None

"""`kerma study`: one stored study as a record, all its sources merged."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from kerma.cli.database import ensure_database
from kerma.records import to_json
from kerma.store import studies


class Command(BaseCommand):
    """Print a stored study in the study-record format, a line for each row it has."""

    help = (
        "Print a stored study as JSON: one line for each modality and equipment under the Study "
        "Instance UID. Identities are as the site's policy has stored them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("study_instance_uid", metavar="STUDY_INSTANCE_UID")
        parser.add_argument("--modality", choices=["CT", "RF", "DX", "MG", "NM"])

    def handle(self, *, study_instance_uid: str, modality: str | None, **options: object) -> None:
        """Run the command."""
        ensure_database()
        found = [part.record for part in studies.merged(study_instance_uid)]
        chosen = [record for record in found if modality in (None, record.modality)]
        if not chosen:
            kind = f"{modality} study" if modality else "study"
            raise CommandError(f"No {kind} with this Study Instance UID is stored.")
        for record in chosen:
            self.stdout.write(to_json(record).decode())

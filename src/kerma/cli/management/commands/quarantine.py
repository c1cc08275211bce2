"""`kerma quarantine list|retry|delete`: the objects that could not be used."""

import json
from argparse import ArgumentParser
from typing import cast

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from kerma.cli.database import require_database
from kerma.pipeline.again import retry
from kerma.store import audit, quarantine
from kerma.store.models import Quarantine


class Command(BaseCommand):
    """List them, import them again, or delete them."""

    help = (
        "List the objects that could not be used, try them again, or delete them. "
        "Exits with status 1 if a retried object is refused again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        actions = parser.add_subparsers(dest="action", metavar="ACTION")
        actions.add_parser("list", help="one JSON object a line; this is the default")
        for name, words in (("retry", "import them again"), ("delete", "remove them for good")):
            action = actions.add_parser(name, help=words)
            action.add_argument("numbers", nargs="*", type=int, metavar="NUMBER")
            action.add_argument("--all", action="store_true", help=f"{name} every one")

    def handle(self, *, action: str | None, **options: object) -> None:
        """Run the command."""
        require_database()
        quarantine.expire()
        if action == "retry":
            self._retry(self._chosen(options))
        elif action == "delete":
            self._delete(self._chosen(options))
        else:
            self._list()

    def _chosen(self, options: dict[str, object]) -> "QuerySet[Quarantine]":
        """Return the entries that the command line names."""
        numbers = cast(list[int], options["numbers"])
        every = bool(options["all"])
        if bool(numbers) == every:
            raise CommandError("Name objects by their numbers, or give --all.", returncode=2)
        held = Quarantine.objects.filter(released_at=None)
        if every:
            return held
        found = held.filter(pk__in=numbers)
        missing = set(numbers) - set(found.values_list("pk", flat=True))
        if missing:
            raise CommandError(f"There is no number {min(missing)} in quarantine.", returncode=2)
        return found

    def _list(self) -> None:
        """Write one line an object."""
        for entry in Quarantine.objects.filter(released_at=None).order_by("pk").iterator():
            line = {
                "number": entry.pk,
                "error": entry.error,
                "reason": entry.reason,
                "quarantined_at": entry.quarantined_at.isoformat(),
                "came_by": entry.came_by,
                "origin": entry.origin,
                "study_instance_uid": entry.study_instance_uid,
                "sop_instance_uid": entry.sop_instance_uid,
                "times_seen": entry.times_seen,
                "retriable": entry.retriable,
                "expires_at": entry.expires_at.isoformat() if entry.expires_at else None,
            }
            self.stdout.write(json.dumps(line, ensure_ascii=False))

    def _retry(self, chosen: "QuerySet[Quarantine]") -> None:
        numbers = list(chosen.order_by("pk").values_list("pk", flat=True))
        refused = 0
        for number in numbers:
            outcome = retry(Quarantine.objects.get(pk=number))
            if outcome.outcome == "refused":
                refused += 1
                self.stderr.write(f"{number}: {outcome.reason}")
        self.stdout.write(f"{len(numbers) - refused} of {len(numbers)} objects were imported.")
        if refused:
            raise CommandError(f"{refused} of {len(numbers)} objects were refused again.")

    def _delete(self, chosen: "QuerySet[Quarantine]") -> None:
        entries = list(chosen.order_by("pk"))
        for entry in entries:
            quarantine.remove(entry)
        audit.write(None, "delete from quarantine", objects=len(entries))
        self.stdout.write(f"{len(entries)} objects are deleted.")

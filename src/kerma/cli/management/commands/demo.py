"""`kerma demo`: an invented hospital, through the real pipeline."""

import secrets
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kerma.cli.database import ensure_database
from kerma.cli.management.commands.user import add_user
from kerma.cli.ports import any_port, is_free
from kerma.demo import extra, institutions, write_objects
from kerma.net.receive import stores
from kerma.store.models import NotPatientPattern, Study

_LOGIN = "demo"
_EXPECTED_REFUSALS = 1
"""The one object that is broken on purpose, so that there is something in the quarantine."""


class _Outcome(msgspec.Struct):
    """What we need of a line of the import's report."""

    outcome: str


class Command(BaseCommand):
    """Fill a database with invented studies and tell how to look at them."""

    help = (
        "Make an invented hospital: objects of the last twelve months, imported as real ones are. "
        "A fresh data folder is best: KERMA_HOME=demo kerma demo --serve."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--studies", type=int, default=400, metavar="N", help="(400)")
        parser.add_argument("--out", type=Path, metavar="FOLDER", help="keep the objects there")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="another hospital")
        parser.add_argument("--mix", action="store_true", help="even among studies that are real")
        parser.add_argument("--serve", action="store_true", help="run everything afterwards")
        parser.add_argument(
            "--port", type=int, help="for --serve; else the usual one, or a free one"
        )

    def handle(
        self,
        *,
        studies: int,
        out: Path | None,
        seed: int,
        mix: bool,
        serve: bool,
        port: int | None,
        **options: object,
    ) -> None:
        """Run the command."""
        if studies < 0:
            raise CommandError("The number of studies cannot be negative.")
        ensure_database()
        invents = mix or not _has_real_studies()
        if invents:
            _mark_tests()
            with TemporaryDirectory(prefix="kerma-demo-") as scratch:
                self._fill(out or Path(scratch) / "objects", Path(scratch), studies, seed)
        else:
            _refuse_unless_mixed()
            self.stdout.write("There are studies of your own here, so that no more are invented.")
        how_to_log_in = self._login()
        if invents:
            extra.give_all()
        self.stdout.write(how_to_log_in)
        self._look(serve, port)

    def _fill(self, folder: Path, scratch: Path, studies: int, seed: int) -> None:
        """Write the objects to `folder` and import them."""
        now = timezone.localtime().replace(tzinfo=None)
        written = write_objects(folder, studies, seed=seed, until=now)
        self.stdout.write(
            f"{written} objects of {studies} examinations are made. "
            "One is broken on purpose and will be refused."
        )
        refused = _import(folder, scratch / "import.jsonl", self)
        if refused > _EXPECTED_REFUSALS:
            raise CommandError(f"{refused} objects were refused; only one is meant to be.")

    def _login(self) -> str:
        """Make the administrator of a site that has no users but this one, with a new password."""
        if User.objects.exclude(username=_LOGIN).exists():
            return "Log in as one of the users there are."
        password = secrets.token_urlsafe(12)
        user = User.objects.filter(username=_LOGIN).first() or self._administrator(password)
        user.set_password(password)
        user.save()
        return f"Log in as {_LOGIN} with the password {password}"

    def _administrator(self, password: str) -> User:
        names = list(Group.objects.order_by("name").values_list("name", flat=True))
        user = add_user(_LOGIN, names, password)
        user.is_staff = user.is_superuser = True
        return user

    def _look(self, serve: bool, port: int | None) -> None:
        """Serve the pages, or say how to."""
        if not serve:
            self.stdout.write("Run `kerma run` to look at the pages.")
            return
        wanted = (
            (settings.KERMA_PORT if is_free(settings.KERMA_PORT) else 0) if port is None else port
        )
        usual = stores.default().port
        call_command(
            "run",
            host="127.0.0.1",
            port=wanted,
            receive_port=usual if is_free(usual) else any_port(),
            stdout=self.stdout,
        )


def _has_real_studies() -> bool:
    return Study.objects.exclude(institution__in=institutions()).exists()


def _refuse_unless_mixed() -> None:
    """Refuse real studies alone; who tries an own object in the demo may go on with it."""
    if not Study.objects.filter(institution__in=institutions()).exists():
        raise CommandError(
            "There are other studies in this database, and invented ones would be among them for "
            "good. Use another data folder, as in KERMA_HOME=demo kerma demo, or give --mix."
        )


def _mark_tests() -> None:
    """Let a site without any pattern tell its physicist's tests from patients."""
    if not NotPatientPattern.objects.exists():
        NotPatientPattern.objects.create(target=NotPatientPattern.Target.NAME, pattern="physics*")


def _import(folder: Path, report: Path, command: BaseCommand) -> int:
    """Import the folder as `kerma import` does; return how many objects were refused."""
    try:
        call_command(
            "import", str(folder), report=report, stdout=command.stdout, stderr=command.stderr
        )
    except CommandError:
        lines = report.read_bytes().splitlines()
        outcomes = [msgspec.json.decode(line, type=_Outcome).outcome for line in lines]
        return outcomes.count("refused")
    return 0

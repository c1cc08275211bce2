import os
import subprocess
import sys

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from kerma.cli import help_text, main
from kerma.errors import KermaError

PROGRAM = [sys.executable, "-c", "from kerma.cli.main import main; main()"]


@pytest.fixture
def kerma(tmp_path):
    """Run the program in a process of its own, with an empty home."""

    def run(*arguments, **environment):
        return subprocess.run(
            [*PROGRAM, *arguments],
            env=os.environ | {"KERMA_HOME": str(tmp_path / "home")} | environment,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    return run


@pytest.fixture
def raising(monkeypatch):
    """Make the command `user` raise an error."""

    def prepare(error):
        class Command(BaseCommand):
            def handle(self, **options):
                raise error

        monkeypatch.setattr(main, "_load", lambda name: Command())
        monkeypatch.setattr(main.connections, "close_all", lambda: None)
        return main.run(["user"])

    return prepare


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (KermaError("The unit is unknown."), 1, "kerma: The unit is unknown.\n"),
        (CommandError("3 files were refused."), 1, "kerma: 3 files were refused.\n"),
        (CommandError("No such filter.", returncode=2), 2, "kerma: No such filter.\n"),
        (KeyboardInterrupt(), 130, "kerma: Interrupted.\n"),
        (
            OperationalError("no such host"),
            1,
            "kerma: The database cannot be used: no such host Run `kerma check`.\n",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_user_can_act_on_is_a_sentence_and_a_status(
    raising, capsys, error, status, sentence
):
    assert raising(error) == status
    assert capsys.readouterr().err == sentence


def test_a_bug_keeps_its_traceback(raising):
    with pytest.raises(ZeroDivisionError):
        raising(ZeroDivisionError())


def test_help_lists_the_commands_of_kerma_and_not_those_of_django(kerma):
    done = kerma("--help")

    assert done.returncode == 0
    assert "\n  web " in done.stdout
    assert "\n  shell " not in done.stdout


def test_wrong_arguments_exit_with_2(kerma):
    for arguments in ((), ("nonsense",), ("web", "--prot", "1"), ("user",)):
        assert kerma(*arguments).returncode == 2


def test_a_setting_that_cannot_be_used_is_one_sentence(kerma):
    done = kerma("check", KERMA_PORT="http")

    assert done.returncode == 1
    assert done.stderr == "kerma: KERMA_PORT must be a whole number, not 'http'.\n"


def test_a_reader_that_leaves_is_no_error_to_complain_about(tmp_path):
    """As in `kerma --help | head -n 0`."""
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [*PROGRAM, "--help"],
        env=os.environ | {"KERMA_HOME": str(tmp_path)},
        stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60,
    )  # fmt: skip
    os.close(writing)

    assert done.returncode == 141
    assert done.stderr == b""


@pytest.mark.parametrize("command", ["studies", "migrate", "web"])
def test_a_damaged_database_file_is_told_in_a_sentence(kerma, tmp_path, command):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "kerma.sqlite3").write_bytes(b"no database" * 999)

    ended = kerma(command)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("kerma: The database cannot be used: file is not a database")


def test_an_error_of_the_database_that_is_a_bug_raises_as_it_is(raising):
    with pytest.raises(ProgrammingError):
        raising(ProgrammingError("no such table"))


@pytest.mark.parametrize(
    "name", sorted(name for name, app in get_commands().items() if app == "kerma.cli")
)
def test_the_help_read_from_a_command_s_file_is_the_help_it_gives(name):
    assert help_text.written_help(name) == load_command_class("kerma.cli", name).help

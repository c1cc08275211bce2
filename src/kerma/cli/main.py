"""The command line in, an exit status out: `kerma` is Django's commands under one name.

Status 0: all done. 1: something was refused or failed. 2: the command line cannot be understood.
"""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

import django
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, OperationalError, connections

from kerma.cli import help_text
from kerma.errors import KermaError

_WITHOUT_SITE = frozenset({"extract"})
"""Commands that need neither settings nor database, and start without loading them."""

_UNUSABLE = (OperationalError, DatabaseError)
"""No server, no room, no rights; or a damaged SQLite file. Other database errors are bugs."""

_HIDDEN = frozenset(
    {
        "--version",
        "--settings",
        "--pythonpath",
        "--no-color",
        "--force-color",
        "--skip-checks",
        "--traceback",
        "--verbosity",
    }
)
"""Django's options that mean nothing to users of Kerma."""


def main() -> None:
    """Run the command named on the command line and exit."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "kerma.config.settings"
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run `arguments`, e.g. ``["import", "folder"]``, and return the exit status.

    What a user can act on is said in a sentence on stderr; a bug raises as it is.
    """
    try:
        status = _dispatch(list(arguments))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _say("Interrupted.", 130)
    except BrokenPipeError:
        _forget_stdout()
        return 141
    except CommandError as error:
        return _say(str(error), error.returncode)
    except KermaError as error:
        return _say(str(error), 1)
    except DatabaseError as error:
        if type(error) not in _UNUSABLE:
            raise
        return _say(f"The database cannot be used: {error} Run `kerma check`.", 1)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        return _say(f"The system refused: {error.strerror or error}{where}.", 1)
    return status


def _dispatch(arguments: list[str]) -> int:
    """Show help, or find the command and execute it."""
    name, *rest = arguments or [""]
    if name in {"--version", "version"}:
        print(version("kerma"))  # noqa: T201
        return 0
    if name in {"", "help", "--help", "-h"} and rest[:1] == []:
        django.setup()
        print(help_text.overview())  # noqa: T201
        return 0 if name else 2
    if name == "help":
        name, rest = rest[0], ["--help"]
    _execute(_load(name), name, rest)
    return 0


def _load(name: str) -> BaseCommand:
    """Return the command of that name."""
    if name in _WITHOUT_SITE:
        return load_command_class("kerma.cli", name)
    django.setup()
    app = get_commands().get(name)
    if app is None:
        raise CommandError(f"There is no command {name!r}. See `kerma --help`.", returncode=2)
    return app if isinstance(app, BaseCommand) else load_command_class(app, name)


def _execute(command: BaseCommand, name: str, arguments: list[str]) -> None:
    """Read the arguments as the command declares them, and execute it.

    As `BaseCommand.run_from_argv`, but errors come back instead of ending the program, except
    that wrong arguments exit with status 2 (which Django does when "called from command line").
    """
    command._called_from_command_line = True  # type: ignore[attr-defined]
    command.suppressed_base_arguments = {*_HIDDEN, *command.suppressed_base_arguments}
    parser = command.create_parser("kerma", name)
    options = vars(parser.parse_args(arguments))
    positional = options.pop("args", ())
    try:
        command.execute(*positional, **options)
    finally:
        if name not in _WITHOUT_SITE:
            connections.close_all()


def _say(sentence: str, status: int) -> int:
    """Write the sentence to stderr and return the status."""
    print(f"kerma: {sentence}", file=sys.stderr)  # noqa: T201
    return status


def _forget_stdout() -> None:
    """Keep Python from complaining at exit that nobody reads its output any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

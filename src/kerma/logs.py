"""Log files that several processes share: one for each component, turned over by size.

The levels and sizes are in a small file beside the logs, so that running processes follow within
seconds what an administrator chooses. Nothing here needs Django, which is not ready when logging
begins.
"""

import fcntl
import json
import logging
import os
import time
from collections.abc import Mapping
from functools import cache
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any, NamedTuple

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LINE = "%(asctime)s %(levelname)s %(name)s %(process)d: %(message)s"

_FOLLOWED_S = 2.0
"""Seconds after which a process looks again at what was chosen."""
_MB = 1_000_000


class Component(NamedTuple):
    """A part of Kerma with a log of its own."""

    name: str
    label: str
    loggers: tuple[str, ...]


_TASKS = ("kerma.tasks", "kerma.schedule", "kerma.work", "kerma.supervisor", "kerma.processes")

COMPONENTS = (
    Component("general", "General", ("kerma", "django", "waitress")),
    Component("receive", "Receiver", ("kerma.receive",)),
    Component("query", "Query and retrieve", ("kerma.query", "pynetdicom")),
    Component("import", "Import", ("kerma.import",)),
    Component("tasks", "Tasks and schedules", _TASKS),
    Component("web", "Pages", ("kerma.web", "django.request")),
)
"""Every log there is. What no other takes goes to the first."""


class Choice(NamedTuple):
    """How much a component writes, and how much of it is kept."""

    level: str = "INFO"
    size_mb: int = 10
    """Size in MB from which on a new file is begun."""
    older: int = 5
    """How many of the files before it are kept."""


def folder(home: Path) -> Path:
    """Return the folder of the log files."""
    return home / "logs"


def path_of(home: Path, component: str, age: int = 0) -> Path:
    """Return the file a component writes to, or the one `age` files before."""
    return folder(home) / (f"{component}.log.{age}" if age else f"{component}.log")


def chosen(home: Path) -> dict[str, Choice]:
    """Return what an administrator chose; components nobody chose for are left out.

    A file that cannot be read counts as none: logging must not stop for it.
    """
    try:
        found = json.loads((folder(home) / "levels.json").read_text(encoding="utf-8"))
        return {name: Choice(**values) for name, values in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def choose(home: Path, choices: Mapping[str, Choice]) -> None:
    """Keep what was chosen; running processes follow within seconds."""
    folder(home).mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder(home) / f".levels.{os.getpid()}"
    draft.write_text(json.dumps({name: c._asdict() for name, c in choices.items()}))
    draft.replace(folder(home) / "levels.json")


class Chosen:
    """The choice for one component, looked up again every few seconds."""

    def __init__(self, home: Path, component: str, level: str = Choice().level) -> None:
        self._home = home
        self._component = component
        self._first = Choice(level=level)
        self._choice = self._first
        self._due = 0.0

    def now(self) -> Choice:
        """Return the choice as it is now."""
        if time.monotonic() >= self._due:
            self._choice = chosen(self._home).get(self._component, self._first)
            self._due = time.monotonic() + _FOLLOWED_S
        return self._choice


class Enough(logging.Filter):
    """Lets through what is at least as severe as its component's level.

    Parameters
    ----------
    levels
        Component -> level where no administrator chose another.
    only
        The component whose messages alone are let through; "" for those of all.
    """

    def __init__(self, home: Path, levels: Mapping[str, str], only: str = "") -> None:
        super().__init__()
        self._chosen = {name: Chosen(home, name, level) for name, level in levels.items()}
        self._only = only

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a message is written."""
        component = component_of(record.name)
        if self._only not in ("", component):
            return False
        least: int = logging.getLevelName(self._chosen[component].now().level)
        return record.levelno >= least


@cache
def component_of(logger: str) -> str:
    """Return the component a logger belongs to: the one that names the longest part of it."""
    found = [
        (len(source), component.name)
        for component in COMPONENTS
        for source in component.loggers
        if f"{logger}.".startswith(f"{source}.")
    ]
    return max(found, default=(0, COMPONENTS[0].name))[1]


class SharedFile(WatchedFileHandler):
    """A log file that any number of processes append to, and any of them may turn over.

    A line is one write to a file opened for appending, so lines of two processes never mix. When
    the file has grown too large, the process that notices renames it under a lock, and all others
    see before their next line that they must open the new one.
    """

    def __init__(self, home: Path, component: str) -> None:
        self._home = home
        self._component = component
        self._chosen = Chosen(home, component)
        super().__init__(path_of(home, component), encoding="utf-8", delay=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a message, into a new file if this one is full."""
        try:
            choice = self._chosen.now()
            if self._size() >= choice.size_mb * _MB:
                self._turn_over(choice)
            super().emit(record)
        except OSError:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Go on: the same message is on standard error, and work must not stop for a full disk."""

    def _open(self) -> Any:
        folder(self._home).mkdir(mode=0o700, parents=True, exist_ok=True)
        return open(self.baseFilename, "a", encoding="utf-8", opener=_private)

    def _size(self) -> int:
        return os.fstat(self.stream.fileno()).st_size if self.stream else 0

    def _turn_over(self, choice: Choice) -> None:
        """Rename the files, unless another process has just done so."""
        with (folder(self._home) / f".{self._component}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            current = path_of(self._home, self._component)
            if not current.exists() or current.stat().st_size < choice.size_mb * _MB:
                return
            for age in range(choice.older, 0, -1):
                newer = path_of(self._home, self._component, age - 1)
                if newer.exists():
                    newer.replace(path_of(self._home, self._component, age))
            if not choice.older:
                current.unlink()


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner can read, if it is new."""
    return os.open(path, flags, 0o600)


def configuration(home: Path, levels: Mapping[str, str]) -> dict[str, Any]:
    """Return what `logging.config.dictConfig` needs.

    Parameters
    ----------
    levels
        Component -> level where no administrator chose another.
    """
    filters: dict[str, Any] = {"all": {"()": Enough, "home": home, "levels": levels}}
    handlers: dict[str, Any] = {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["all"]}
    }
    for name in levels:
        filters[name] = {"()": Enough, "home": home, "levels": levels, "only": name}
        handlers[name] = {
            "()": SharedFile, "home": home, "component": name,
            "formatter": "line", "filters": [name],
        }  # fmt: skip
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": LINE}},
        "filters": filters,
        "handlers": handlers,
        "loggers": {
            "kerma": {"level": "DEBUG"},
            "django": {"level": "WARNING", "handlers": []},
            "pynetdicom": {"level": "CRITICAL"},  # what a node answers is told in our own words
            "waitress.queue": {"level": "ERROR"},
            "stamina": {"level": "ERROR"},  # each retry is in the log of queries, with its reason
        },
        "root": {"handlers": list(handlers), "level": "WARNING"},
    }

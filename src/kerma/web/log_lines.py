"""A log file in, its latest entries out: of a level or worse, with some words."""

import re
from pathlib import Path
from typing import NamedTuple

from kerma.logs import LEVELS

_READ_BYTES = 2_000_000
"""How far back from its end a file is read."""
_MOST = 500

_BEGINS = re.compile(
    r"^(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:,\d+)? "
    rf"(?P<level>{'|'.join(LEVELS)}) (?P<source>\S+) (?P<process>\d+): (?P<text>.*)$"
)
"""The first line of an entry, see `kerma.logs.LINE`; others belong to the entry before."""

_STATES = {"WARNING": "warn", "ERROR": "over", "CRITICAL": "over"}


class Entry(NamedTuple):
    """One message, with all of its lines."""

    at: str
    level: str
    source: str
    process: str
    text: str

    @property
    def state(self) -> str:
        """The state of the pages for its level; "" for what is no trouble."""
        return _STATES.get(self.level, "")

    @property
    def first(self) -> str:
        """Its first line."""
        return self.text.partition("\n")[0]

    @property
    def rest(self) -> str:
        """Its other lines, such as a traceback."""
        return self.text.partition("\n")[2]


class Found(NamedTuple):
    """Entries, latest first."""

    entries: list[Entry]
    more: bool
    """Whether there may be earlier ones in the file."""
    exists: bool


def latest(path: Path, level: str, words: str) -> Found:
    """Return the latest entries at least as severe as `level` that have all the words."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(size - _READ_BYTES, 0))
            text = file.read().decode(errors="replace")
    except OSError:
        return Found([], more=False, exists=False)
    least = LEVELS.index(level) if level else 0
    wanted = words.casefold().split()
    meets = [
        entry
        for entry in _entries(text)
        if LEVELS.index(entry.level) >= least
        and all(word in f"{entry.source} {entry.text}".casefold() for word in wanted)
    ]
    return Found(meets[: -_MOST - 1 : -1], len(meets) > _MOST or size > _READ_BYTES, exists=True)


def _entries(text: str) -> list[Entry]:
    found: list[Entry] = []
    for line in text.splitlines():
        begun = _BEGINS.match(line)
        if begun:
            found.append(Entry(**begun.groupdict()))
        elif found:
            found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{line}")
    return found

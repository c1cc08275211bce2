"""The columns of one modality as of one position of the log of changes, read as they are needed.

A column that is asked for later is read from rows that have changed meanwhile. Studies that did
not change have the same rows as before, so the new column is laid beside the others by study; the
others are read anew at each use anyway (see `fresh`).
"""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kerma.charts.cache import files
from kerma.charts.cache.columns import Table, event_table, study_table
from kerma.charts.cache.files import About
from kerma.charts.cache.parts import Array, Part, contained
from kerma.charts.cache.reading import read
from kerma.store import changes

_log = logging.getLogger("kerma.charts")

STUDY, EVENT = "study", "event"
_KEY = "key"
"""Name of the file with the studies' ids, or with the event's place among them."""


class Outdated(Exception):
    """The columns cannot be brought up to date; everything must be read anew."""


class Generation:
    """Columns of a modality: in a folder, or in memory alone where `folder` is None."""

    def __init__(self, modality: str, about: About, folder: Path | None) -> None:
        self.modality = modality
        self.about = about
        self.folder = folder
        self._parts: dict[str, Part] = {}
        self._load(STUDY)
        self._load(EVENT)

    def part(self, name: str) -> Part | None:
        """Return the columns there are of the studies or events; of these, `studies` are places."""
        return self._parts.get(name)

    def lacks(self, name: str, columns: Sequence[str]) -> bool:
        """Return whether any of these columns has not been read yet."""
        part = self._parts.get(name)
        return part is None or any(column not in part.columns for column in columns)

    def refresh(self) -> None:
        """Take over columns that other processes have read meanwhile."""
        self._load(STUDY)
        self._load(EVENT)

    def put(self, name: str, part: Part) -> None:
        """Add columns; those that are there stay."""
        known = self._parts.get(name, Part(part.studies, {}, {}))
        self._parts[name] = Part(
            known.studies, known.columns | part.columns, known.texts | part.texts
        )
        try:
            self._save(name, part, is_first=not known.columns)
        except FileNotFoundError:  # a newer generation has taken the folder's place
            self.folder = None
        except OSError as error:
            _log.warning("Columns of charts could not be kept: %s", error.strerror)
            self.folder = None

    def _save(self, name: str, part: Part, *, is_first: bool) -> None:
        """Write columns, after the rows they belong to."""
        if self.folder is None:
            return
        if is_first:
            files.save(self.folder, f"{name}.{_KEY}", part.studies)
        for column, values in part.columns.items():
            files.save(self.folder, f"{name}.{column}", values, part.texts.get(column))

    def add(self, name: str, columns: Sequence[str]) -> None:
        """Read columns that are not there yet.

        Only those asked for the first time, so that the first chart is quick; then all others.

        Raises
        ------
        Outdated
            If too many studies have changed since, or rows are not as they were.
        """
        table = self.table(name)
        known = self._parts.get(name)
        asked = columns if known is None else table.columns
        missing = [c for c in asked if known is None or c not in known.columns]
        read_now = read(table, missing)
        self.put(name, self._beside(name, read_now, known))

    def table(self, name: str) -> Table:
        """Return the table of the database."""
        return study_table(self.modality) if name == STUDY else event_table(self.modality)

    def _beside(self, name: str, found: Part, known: Part | None) -> Part:
        """Return the rows read now in the order of those read before."""
        if name == STUDY and known is None:
            return found
        ids = self._parts[STUDY].studies
        changed = np.array(sorted(self._changed()), dtype=np.int64)
        steady = found.where(contained(found.studies, ids) & ~contained(found.studies, changed))
        places = np.searchsorted(ids, steady.studies).astype(np.int32)
        if known is None:
            return Part(places, steady.columns, steady.texts)
        same = ~contained(ids, changed)
        here = np.flatnonzero(same[known.studies] if name == EVENT else same)
        if len(here) != len(places):
            raise Outdated
        return Part(known.studies, _laid(steady, here, len(known.studies)), steady.texts)

    def _changed(self) -> list[int]:
        seen = changes.seen_since(self.about.position, limit=1_000_000)
        if seen is None:
            raise Outdated
        return seen.study_ids

    def _load(self, name: str) -> None:
        """Map the columns in the folder."""
        if self.folder is None:
            return
        key = files.load(self.folder, f"{name}.{_KEY}")
        if key is None:
            return
        part = self._parts.get(name) or Part(key[0], {}, {})
        for column in self.table(name).columns:
            found = None if column in part.columns else files.load(self.folder, f"{name}.{column}")
            if found is not None:
                part.columns[column] = found[0]
                if found[1] is not None:
                    part.texts[column] = found[1]
        self._parts[name] = part


def _laid(steady: Part, here: Array, number: int) -> dict[str, Array]:
    """Return columns of `number` rows with the values at these places, and nothing elsewhere."""
    columns = {}
    for name, values in steady.columns.items():
        column = np.zeros(number, dtype=values.dtype)
        column[here] = values
        columns[name] = column
    return columns

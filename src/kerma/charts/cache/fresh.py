"""The columns of a modality as the database is now.

What is kept is as of one position of the log of changes. At each use the studies changed since are
left out of it and their rows are read from the database; when these become many, what is kept is
renewed. So a study is counted as it is stored when it is read, whatever the cache holds.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kerma.charts.cache import files
from kerma.charts.cache.files import About
from kerma.charts.cache.generation import EVENT, STUDY, Generation, Outdated
from kerma.charts.cache.parts import Flags, Part, contained, in_order, joined
from kerma.charts.cache.reading import read
from kerma.errors import KermaError
from kerma.store import changes
from kerma.store.changes import Seen

_log = logging.getLogger("kerma.charts")

FEW = 2_000
"""Up to this number of changes the changed studies are read at each use."""
_MANY = 50_000
"""Beyond this number of changes everything is read anew."""
_LAYOUT = 2
"""Raised when the files are made otherwise."""


class View(NamedTuple):
    """Studies and events of a modality; some studies are there twice, once not in force."""

    studies: Part
    in_force: Flags
    """Of the studies."""
    events: Part | None
    """`studies` are the places of their studies in `studies`."""


class _Kept:
    """What one process holds of one modality."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.log = ""
        self.name = ""
        self.generation: Generation | None = None
        self.patch: tuple[object, dict[str, Part]] = (None, {})

    def forget(self) -> None:
        """Look for the newest generation again."""
        self.name, self.generation, self.patch = "", None, (None, {})


_kept: dict[str, _Kept] = defaultdict(_Kept)


def view(modality: str, study: Sequence[str], event: Sequence[str] = ()) -> View:
    """Return these columns of all studies of a modality, and of their events if any is named."""
    kept = _kept[modality]
    with kept.lock:
        for attempt in range(4):
            try:
                generation, seen = _current(kept, modality, on_disk=attempt < 3)
                if _provide(generation, study, event):
                    seen = _all_seen(generation)
                return _patched(kept, generation, seen, study, event)
            except FileNotFoundError:  # another process has replaced the folder
                kept.forget()
            except Outdated:
                _drop(kept, modality)
    raise KermaError("The studies change faster than they can be read. Try again in a minute.")


def _current(kept: _Kept, modality: str, *, on_disk: bool) -> tuple[Generation, Seen]:
    """Return columns that need little to be up to date, and what changed since."""
    log = f"{changes.log_id():x}-{_LAYOUT}"
    if kept.log != log:
        kept.forget()
        kept.log = log
    folder = _folder(log, modality) if on_disk else None
    if folder is None:
        return _steady(kept.generation) or _renewed(kept, modality, None)
    _open_newest(kept, modality, folder)
    found = _steady(kept.generation)
    if found is not None:
        return found
    with files.locked(folder):
        opened = _open_newest(kept, modality, folder)  # another process has just made it
        return (_steady(kept.generation) if opened else None) or _renewed(kept, modality, folder)


def _open_newest(kept: _Kept, modality: str, folder: Path) -> bool:
    """Take over the newest generation in the folder if it is another; return whether it is."""
    name = files.current(folder)
    if name in {"", kept.name}:
        return False
    about = files.load_about(folder / name)
    kept.name, kept.generation = name, Generation(modality, about, folder / name)
    return True


def _steady(generation: Generation | None) -> tuple[Generation, Seen] | None:
    """Return the generation with what changed since, None if it should be renewed.

    On PostgreSQL a long transaction keeps the position where it is: then renewing gains nothing.
    """
    seen = None if generation is None else _seen(generation, _MANY)
    if generation is None or seen is None:
        return None
    if len(seen.study_ids) <= FEW or changes.end() <= generation.about.position:
        return generation, seen
    return None


def _renewed(kept: _Kept, modality: str, folder: Path | None) -> tuple[Generation, Seen]:
    """Return a new generation."""
    about = About(changes.end(), changes.newest())
    old = kept.generation
    past = None if old is None else _seen(old, _MANY)
    try:
        kept.generation, kept.name = _made(modality, about, folder, old, past)
    except OSError as error:
        _log.warning("The columns of charts cannot be kept in %s: %s", folder, error.strerror)
        kept.generation, kept.name = _made(modality, about, None, old, past)
    return kept.generation, _all_seen(kept.generation)


def _made(
    modality: str, about: About, folder: Path | None, old: Generation | None, seen: Seen | None
) -> tuple[Generation, str]:
    """Make a generation: the old one with what has changed, or one without columns yet."""
    name = files.new_name()
    if folder is not None:
        files.save_about(folder / name, about)
    made = Generation(modality, about, None if folder is None else folder / name)
    if old is not None and seen is not None and old.part(STUDY) is not None:
        _fold(old, seen, made)
    if folder is not None:
        files.make_current(folder, name)
    return made, name


def _fold(old: Generation, seen: Seen, made: Generation) -> None:
    """Put the columns of `old` into `made`, those of changed studies as they are now."""
    whole = _with_patch(old, seen, _read_patch(old, seen, True))
    numbers = np.flatnonzero(whole.in_force)
    order = numbers[np.argsort(whole.studies.studies[numbers], kind="stable")]
    made.put(STUDY, whole.studies.where(order))
    if whole.events is None:
        return
    place = np.full(len(whole.in_force), -1, dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    moved = whole.events._replace(studies=place[whole.events.studies])
    made.put(EVENT, in_order(moved.where(moved.studies >= 0)))


def _provide(generation: Generation, study: Sequence[str], event: Sequence[str]) -> bool:
    """Read what is not there yet; return whether anything was.

    What is read so is without the studies that have changed until then: the changes must be read
    again afterwards.
    """
    anything = False
    for name, columns in ((STUDY, study), (EVENT, event)):
        if not columns or not generation.lacks(name, columns):
            continue
        folder = generation.folder
        with files.locked(folder.parent) if folder is not None else nullcontext():
            generation.refresh()
            while generation.lacks(name, columns):
                generation.add(name, columns)
        anything = True
    return anything


def _patched(
    kept: _Kept, generation: Generation, seen: Seen, study: Sequence[str], event: Sequence[str]
) -> View:
    """Return the view; what was read of changed studies is used again until others change."""
    with_events = bool(event)
    parts = [generation.part(STUDY), generation.part(EVENT) if with_events else None]
    columns = [tuple(part.columns) if part is not None else () for part in parts]
    state = (kept.name, seen.stamp, columns)
    if kept.patch[0] != state:
        kept.patch = (state, _read_patch(generation, seen, with_events))
    return _with_patch(generation, seen, kept.patch[1], study, event)


def _read_patch(generation: Generation, seen: Seen, with_events: bool) -> dict[str, Part]:
    """Return the rows of the changed studies."""
    patch = {}
    for name, wanted in ((STUDY, True), (EVENT, with_events)):
        part = generation.part(name)
        if part is not None and wanted:
            patch[name] = read(generation.table(name), list(part.columns), seen.study_ids)
    return patch


def _with_patch(
    generation: Generation,
    seen: Seen,
    patch: dict[str, Part],
    study: Sequence[str] | None = None,
    event: Sequence[str] | None = None,
) -> View:
    """Return kept and fresh rows together; None stands for all columns there are."""
    base, events = generation.part(STUDY), generation.part(EVENT)
    assert base is not None
    base = base if study is None else base.only(study)
    changed = np.array(sorted(seen.study_ids), dtype=np.int64)
    fresh = patch[STUDY]
    in_force = ~contained(base.studies, changed)
    in_force = np.concatenate([in_force, np.ones(len(fresh.studies), dtype=np.bool_)])
    whole = joined(base, fresh)
    if events is None or EVENT not in patch or (event is not None and not event):
        return View(whole, in_force, None)
    events = events if event is None else events.only(event)
    return View(whole, in_force, joined(events, _placed(patch[EVENT], fresh, len(base.studies))))


def _placed(events: Part, studies: Part, first: int) -> Part:
    """Return fresh events with the places of their studies, which begin at `first`."""
    known = events.where(contained(events.studies, studies.studies))
    places = np.searchsorted(studies.studies, known.studies) + first
    return known._replace(studies=places.astype(np.int32))


def _seen(generation: Generation, limit: int) -> Seen | None:
    """Return what changed since; None if that is too much, or the log is another one."""
    if not changes.has(generation.about.newest):
        return None
    return changes.seen_since(generation.about.position, limit)


def _all_seen(generation: Generation) -> Seen:
    """Return what changed since.

    Raises
    ------
    Outdated
        If that is too much.
    """
    seen = _seen(generation, _MANY)
    if seen is None:
        raise Outdated
    return seen


def _folder(log: str, modality: str) -> Path | None:
    try:
        return files.folder_of(log, modality)
    except OSError:
        return None


def _drop(kept: _Kept, modality: str) -> None:
    """Drop what cannot be brought up to date."""
    folder = _folder(kept.log, modality)
    if folder is not None:
        with files.locked(folder):
            if files.current(folder) == kept.name:
                (folder / "current").unlink(missing_ok=True)
    kept.forget()

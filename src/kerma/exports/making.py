"""A plan and a path in, a whole file there out, or none: written beside it and renamed at the end.

Whatever ends the export before that, an abort, a fault or a full disk, leaves nothing behind.
"""

import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.db import InterfaceError, OperationalError

from kerma.exports.base import (
    ExportError,
    Format,
    Made,
    NothingSelected,
    Plan,
    Progress,
    silent,
)
from kerma.exports.reading import snapshot

_log = logging.getLogger("kerma.exports")

PART = ".part"
"""What the name of a file ends in while it is written; to be swept when no export runs."""


def make(plan: Plan, form: Format, path: Path, progress: Progress = silent) -> Made:
    """Write the file of a plan.

    Raises
    ------
    NothingSelected
        If no study meets the filters.
    ExportError
        If the file cannot be written; the text says why.
    """
    part = path.with_name(path.name + PART)
    try:
        with part.open("w+b") as out:
            made = stream(plan, form, out, progress)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise ExportError(_reason(error, path)) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return made


def stream(plan: Plan, form: Format, out: BinaryIO, progress: Progress = silent) -> Made:
    """Write what a plan selects to an open stream.

    Raises
    ------
    NothingSelected
        If no study meets the filters; nothing is written then.
    """
    if plan.identity and not form.identity:
        plan = plan._replace(identity=False)
    try:
        with snapshot(plan.selection) as data:
            if not data.ids:
                raise NothingSelected(
                    "No study meets the filters, so there is nothing to export. "
                    "Clear a filter, or import some studies."
                )
            progress(0, len(data.ids))
            made = form.write(plan, data, out, progress)
            progress(len(data.ids), len(data.ids))
            for note in made.notes:
                _log.info("Export of %s as %s: %s", plan.modality, form.name, note)
            return made
    except (OperationalError, InterfaceError) as error:
        raise ExportError(
            "The database ended the export before all was read. Export again; `kerma check` says "
            "whether the database can be reached."
        ) from error


def _reason(error: OSError, path: Path) -> str:
    """Return why a file could not be written."""
    what = (error.strerror or type(error).__name__).lower()
    return (
        f"{path.name} could not be written: {what}. No file was made. "
        "Free some space or choose another folder, then export again."
    )


def _sync(folder: Path) -> None:
    """Bring the new name of a file to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Parquet: typed columns for Python, R and other programs; much smaller than csv."""

import errno
import os
import queue
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import version
from typing import BinaryIO

import polars as pl
from polars.io.plugins import register_io_source

from kerma.exports.base import ALL, Format, Made, Plan, Progress, add
from kerma.exports.frames import Frames
from kerma.exports.reading import Data

_AHEAD = 2
"""Tables that wait to be written; the database is not read faster than that."""


_END = pl.DataFrame()
"""Comes after the last table; None comes where the tables end before their time."""


class _GivenUp(Exception):
    """The tables end before their time."""


def write(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write the tables as one file.

    Polars asks for the tables in a thread of its own, but a connection to the database belongs to
    one thread: so they are made here and handed over by a queue.
    """
    frames = Frames(plan, data)
    waiting: queue.Queue[pl.DataFrame | None] = queue.Queue(_AHEAD)
    with ThreadPoolExecutor(1, "parquet") as pool:
        writing = pool.submit(_write, frames.schema, waiting, out)
        try:
            for frame in frames.made(progress):
                _hand_over(frame, waiting, writing)
        except BaseException:
            _hand_over(None, waiting, writing)
            writing.exception()  # it ends now, whatever comes of it
            raise
        _hand_over(_END, waiting, writing)
        writing.result()
    return Made(len(data.ids), frames.rows)


def _write(schema: pl.Schema, waiting: "queue.Queue[pl.DataFrame | None]", out: BinaryIO) -> None:
    def tables(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        while (frame := waiting.get()) is not None:
            if frame is _END:
                return
            yield frame
        raise _GivenUp

    source = register_io_source(tables, schema=schema)
    try:
        source.sink_parquet(out, row_group_size=20_000, metadata={"made by": f"Kerma {_VERSION}"})
    except pl.exceptions.ComputeError as error:
        if found := _OS_ERROR.search(str(error)):
            raise OSError(int(found[1]), os.strerror(int(found[1]))) from error
        if _OF_FOOTER in str(error):
            _write_on(out)
            raise OSError(errno.EIO, os.strerror(errno.EIO)) from error
        raise


_VERSION = version("kerma")
_OS_ERROR = re.compile(r"os error (\d+)")
"""How Polars tells of a disk that is full."""
_OF_FOOTER = "transport error"
"""How it tells of one that fills while the footer is written, without the reason."""


def _write_on(out: BinaryIO) -> None:
    """Write a little more to a file that could not be finished, so that the system says why."""
    out.seek(0, os.SEEK_END)
    out.write(bytes(1 << 20))
    out.flush()


def _hand_over(
    frame: pl.DataFrame | None,
    waiting: "queue.Queue[pl.DataFrame | None]",
    writing: "Future[None]",
) -> None:
    """Put a table in the queue, unless the writing has ended by a fault, which is raised."""
    while not writing.done():
        try:
            waiting.put(frame, timeout=0.2)
        except queue.Full:
            continue
        return
    if frame is not None:
        writing.result()


add(
    Format(
        name="parquet",
        title="Parquet",
        suffix=".parquet",
        modalities=ALL,
        write=write,
        explanation="Typed columns with a row for each event, for Python, R and other programs.",
        order=30,
    )
)

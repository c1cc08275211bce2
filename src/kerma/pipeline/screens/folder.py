"""Folders in, what became of the studies below them out."""

from collections.abc import Iterable, Iterator

from kerma.pipeline.batch import import_all
from kerma.pipeline.find import arrivals
from kerma.pipeline.ingest import Outcome


def read_folders(paths: Iterable[str]) -> Iterator[Outcome]:
    """Import all objects below some paths; those of a study with dose screens are taken together.

    The images beside the screens add what these do not say. One outcome an object, those of dose
    screens last.
    """
    yield from import_all(arrivals(paths))

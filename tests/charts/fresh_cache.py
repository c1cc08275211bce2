"""The cache of columns dropped: rows that a test changes behind the store's back are not noted."""

import shutil
from pathlib import Path

from django.conf import settings

from kerma.charts.cache import fresh


def forget_in_memory() -> None:
    """Let this process know as little as one that has just begun."""
    fresh._kept.clear()


def drop_cache() -> None:
    """Drop all columns, in memory and in the folder."""
    forget_in_memory()
    shutil.rmtree(Path(settings.KERMA_HOME) / "cache", ignore_errors=True)

"""Name of a style sheet or script in, its address with a fingerprint of the content out."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage


class VersionedStorage(StaticFilesStorage):
    """Addresses that change with the content, so that browsers may keep files for long.

    Nothing has to be collected or copied before the server starts.
    """

    def url(self, name: str | None) -> str:
        """Return the address of a static file."""
        address = super().url(name)
        version = "" if settings.DEBUG or not name else _fingerprint(name)
        return f"{address}?v={version}" if version else address


@cache
def _fingerprint(name: str) -> str:
    """Return eight digits that stand for the content, nothing if there is no such file."""
    found = finders.find(name)
    return sha256(Path(found).read_bytes()).hexdigest()[:8] if isinstance(found, str) else ""


class PlotlyFinder(finders.BaseFinder):
    """Finds plotly.js inside the installed package: nothing is copied, and nothing else offered."""

    NAME = "plotly.min.js"
    PREFIX = "plotly"

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        spec = find_spec("plotly")
        root = Path(spec.origin).parent if spec and spec.origin else Path()
        self.storage = FileSystemStorage(location=root / "package_data")
        self.storage.prefix = self.PREFIX  # type: ignore[attr-defined]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return where the file lies."""
        if path != f"{self.PREFIX}/{self.NAME}":
            return []
        found = self.storage.path(self.NAME)
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[Any]:
        """Return the one file there is."""
        yield self.NAME, self.storage

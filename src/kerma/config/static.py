"""Name of a style sheet or script in, its address with a fingerprint of the content out."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


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

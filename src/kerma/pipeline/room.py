"""Back-pressure before the disk is full: whether it may take another object."""

import os
import time

from django.conf import settings

from kerma.pipeline.spool import NoRoom, folder

_GOOD_FOR_S = 1.0
_looked_at = 0.0
_free = 0


def require() -> None:
    """Refuse objects while the disk has less room than KERMA_DISK_STOP_MB.

    Cheap enough for every object: the system is asked once a second.

    Raises
    ------
    NoRoom
        If it has less.
    """
    global _looked_at, _free
    now = time.monotonic()
    if now - _looked_at >= _GOOD_FOR_S or not _looked_at:
        found = os.statvfs(folder())
        _free = found.f_bavail * found.f_frsize
        _looked_at = now
    if _free < settings.KERMA_DISK_STOP_MB * 1e6:
        raise NoRoom(f"only {_free / 1e6:.0f} MB of the disk are free")

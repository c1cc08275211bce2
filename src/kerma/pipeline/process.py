"""A new process in, one that can import out. Nothing here may need Django before it is ready."""

import gc
import os

_NEW_OBJECTS = 100_000
"""Python objects from which on the collector looks for cycles; a large report has as many."""


def set_up() -> None:
    """Make Django ready in a new process, and what is loaded by then permanent."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerma.config.settings")
    django.setup()
    spare_collector()


def spare_collector() -> None:
    """Take what is loaded by now out of the garbage collector's rounds: it stays.

    The rest it need not go through for each object either, because objects leave few cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)

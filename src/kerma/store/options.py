"""Choices of the administrators: their names and defaults, read and written by name."""

from typing import Any

from django.db import transaction

from kerma.store.models import SiteOptions

ADOPT_DISPLAY_NAMES = "adopt_display_names"

DEFAULTS: dict[str, Any] = {
    ADOPT_DISPLAY_NAMES: False,
    "keep_reports": True,
    "keep_image_headers": True,
    "keep_days": 0,
    "delete_after_import": False,
    "quarantine_days": 90,
    "home_workload_days": [7, 28],
}
"""
adopt_display_names
    A new device whose observer UID is known takes the name of the known one.
keep_reports, keep_image_headers
    What Kerma keeps its own copy of, so that it can be read again.
keep_days
    Days after which these copies go; 0 keeps them.
delete_after_import
    Whether a received file may go even where no copy is kept.
quarantine_days
    Days after which the encrypted copies in quarantine go.
home_workload_days
    The two periods of the home page for users who chose none.
"""


def get(name: str) -> Any:
    """Return a choice, or its default."""
    if name not in DEFAULTS:
        raise KeyError(f"There is no option {name!r}. Known: {', '.join(DEFAULTS)}.")
    row = SiteOptions.objects.filter(pk=1).first()
    return (row.values if row else {}).get(name, DEFAULTS[name])


@transaction.atomic
def put(name: str, value: Any) -> None:
    """Keep a choice."""
    if name not in DEFAULTS:
        raise KeyError(f"There is no option {name!r}. Known: {', '.join(DEFAULTS)}.")
    SiteOptions.objects.get_or_create(pk=1)
    row = SiteOptions.objects.select_for_update().get(pk=1)
    row.values[name] = value
    row.save(update_fields=["values"])

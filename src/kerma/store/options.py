"""Choices of the administrators: their names and defaults, read and written by name."""

from typing import Any

from django.db import transaction

from kerma.store.models import SiteOptions

ADOPT_DISPLAY_NAMES = "adopt_display_names"

DEFAULTS: dict[str, Any] = {
    ADOPT_DISPLAY_NAMES: False,
    "keep_reports": True,
    "keep_mammography": True,
    "keep_radiography": True,
    "keep_nuclear": True,
    "keep_screens": True,
    "keep_days": 0,
    "delete_unused": False,
    "delete_reports": True,
    "delete_mammography": True,
    "delete_radiography": True,
    "delete_nuclear": True,
    "delete_screens": True,
    "quarantine_days": 90,
    "home_workload_days": [7, 28],
    "home_shows_workload": True,
    "mail_server": {},
    "log_choices": {},
    "audit_days": 0,
    "physics_keep": True,
    "physics_import": False,
    "collect_keep": True,
    "collect_minutes": 10,
    "arrival_log_days": 90,
    "query_days": 365,
    "task_history": 2000,
}
"""
adopt_display_names
    A new device whose observer UID is known takes the name of the known one.
keep_reports, keep_mammography, keep_radiography, keep_nuclear, keep_screens
    What Kerma keeps its own copy of, so that it can be read again; see `kerma.store.keeping`.
keep_days
    Days after which these copies go; 0 keeps them.
delete_unused, delete_reports, delete_mammography, delete_radiography, delete_nuclear,
delete_screens
    Which files go that are imported by `kerma import --delete`.
quarantine_days
    Days after which the encrypted copies in quarantine go.
home_workload_days
    The two periods of the home page for users who chose none.
home_shows_workload
    Whether the home page shows the studies of these periods.
mail_server
    The e-mail server chosen on the page, see `kerma.store.mail`; empty goes by the environment.
log_choices
    Component -> level, size and number of its log files, see `kerma.logs`.
audit_days
    Days after which entries of the audit log go; 0 keeps them.
physics_keep, physics_import
    Whether the objects of physics studies are kept in the physics folder, and whether their dose
    is imported as well.
collect_keep, collect_minutes
    Whether the studies of scanners without reports are collected, and after how many minutes
    without another object such a study, or a physics study, counts as complete.
arrival_log_days
    Days after which the rows of the log of arrivals go.
query_days
    Days after which queries and checks of completeness go, with all they found.
task_history
    How many finished tasks the list of tasks keeps.
"""


def get(name: str) -> Any:
    """Return a choice, or its default."""
    return several(name)[0]


def several(*names: str) -> list[Any]:
    """Return choices, or their defaults, by one statement."""
    for name in names:
        if name not in DEFAULTS:
            raise KeyError(f"There is no option {name!r}. Known: {', '.join(DEFAULTS)}.")
    row = SiteOptions.objects.filter(pk=1).first()
    stored = row.values if row else {}
    return [stored.get(name, DEFAULTS[name]) for name in names]


@transaction.atomic
def put(name: str, value: Any) -> None:
    """Keep a choice."""
    if name not in DEFAULTS:
        raise KeyError(f"There is no option {name!r}. Known: {', '.join(DEFAULTS)}.")
    SiteOptions.objects.get_or_create(pk=1)
    row = SiteOptions.objects.select_for_update().get(pk=1)
    row.values[name] = value
    row.save(update_fields=["values"])

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
    "estimate_ct_from_images": False,
    "arrival_log_days": 90,
    "query_days": 365,
    "period_weeks": 12,
    "period_adds_up": True,
    "period_in_lists": True,
    "period_in_details": True,
    "period_in_mail": True,
    "period_done_weeks": 12,
    "alert_mail_days": 0,
    "alert_digest_hour": 7,
    "alert_digest_day": "",
    "alert_reasons": [],
    "compute_ssde": False,
    "ct_size_from_images": False,
    "compute_effective_dose": False,
    "compute_agd": False,
    "ct_effective_dose_set": "lee-2012-icrp-103",
    "nm_effective_dose_set": "icrp-60",
    "agd_set": "",
    "skin_maps": True,
    "skin_body": "cuboid",
    "skin_sum": False,
    "skin_sum_weeks": 12,
    "task_history": 2000,
    "names_stamp": "",
    "export_days": 30,
    "export_date_format": "",
    "export_time_format": "",
    "export_csv_dates": "iso",
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
estimate_ct_from_images
    Whether the dose of CT studies without a report is estimated from the headers of their images,
    see `kerma.pipeline.estimated`.
arrival_log_days
    Days after which the rows of the log of arrivals go.
period_weeks
    Weeks up to a fluoroscopy study in which the doses of its patient are added up.
period_adds_up, period_in_lists, period_in_details, period_in_mail
    Whether the sums are made as studies arrive, and where they are shown.
period_done_weeks
    The weeks that the stored sums are of; 0 if some are not made.
alert_mail_days
    Alerts of studies older than this are not sent; 0 sends them all.
alert_digest_hour, alert_digest_day
    From when on the daily e-mails about alerts are sent, and the day they were sent last.
alert_reasons
    Code and words of the reasons for an alert; empty for those of `kerma.store.alert_reasons`.
query_days
    Days after which queries and checks of completeness go, with all they found.
compute_ssde, compute_effective_dose, compute_agd
    Which doses Kerma computes itself, beside those that the objects give.
ct_size_from_images
    Whether CT images that arrive are measured for the size of the patient, see
    `kerma.pipeline.ct_size`.
ct_effective_dose_set, nm_effective_dose_set, agd_set
    Names of the sets of coefficients for that, see `kerma.dosimetry.sets`; empty for none.
skin_maps, skin_body
    Whether skin dose maps are made as studies arrive, and on which body, see
    `kerma.dosimetry.skin.body`.
skin_sum, skin_sum_weeks
    Whether the maps of a patient's studies may be added up, and over how many weeks.
task_history
    How many finished tasks the list of tasks keeps.
names_stamp
    Another text after each change of the standard names, see `kerma.store.name_book`.
export_days
    Days after which the files of exports go; 0 keeps them.
export_date_format, export_time_format
    How exported workbooks write dates and times, in the letters of spreadsheets; empty goes by the
    environment.
export_csv_dates
    Whether csv writes them so too (`site`), or as 2026-01-31 and 23:59:59 (`iso`).
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

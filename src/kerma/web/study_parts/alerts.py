"""Alerts of the study, and the patient's studies within the weeks up to it with their sums."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kerma.alerts import period
from kerma.query.levels import PERIOD, Share, period_shares, shares
from kerma.store import options
from kerma.store.models import Alert, Study
from kerma.web import formats
from kerma.web.alert_words import words
from kerma.web.study_part import StudyPart, registry

_CGYCM2 = 1e6


class Exam(NamedTuple):
    """One study of the patient."""

    address: str
    day: str
    name: str
    system: str
    dap: SafeString
    rp_dose: SafeString
    is_this: bool


class Sum(NamedTuple):
    """The sums over the patient's studies."""

    weeks: int
    exams: list[Exam]
    dap: SafeString
    rp_dose: SafeString


def _context(request: HttpRequest, study: Study) -> dict[str, Any] | None:
    alerts = [(alert, words(alert)) for alert in _alerts(study)]
    added_up = _sum(study)
    if not alerts and added_up is None:
        return None
    return {"alerts": alerts, "sum": added_up, "study": study}


def _alerts(study: Study) -> list[Alert]:
    found = Alert.objects.filter(study=study).select_related("rule", "assignee", "study")
    return list(found.order_by("-is_over", "rule__name"))


def _sum(study: Study) -> Sum | None:
    """Return the patient's studies of the window with their sums; None where there are none."""
    place = period.place_of(study)
    if study.modality != period.SUMMED or place is None or not options.get("period_in_details"):
        return None
    weeks = int(options.get("period_weeks"))
    names = tuple(PERIOD.values())
    rows = period.rows_of(
        place, weeks, 0, (*names, "study_description", "system__display_name", "study_time")
    )
    found = period.sums(rows, place.day, weeks, names)
    total = period_shares({name: found.values[of] for name, of in PERIOD.items()})
    return Sum(
        weeks,
        [_exam(row, study) for row in reversed(rows)],
        _marked(found.values["dap_gym2"], _CGYCM2, total.get("period_dap_gym2")),
        _marked(found.values["rp_dose_gy"], 1.0, total.get("period_rp_dose_gy")),
    )


def _exam(row: period.Row, study: Study) -> Exam:
    own = shares(period.SUMMED, row)
    moment = " ".join(filter(None, (formats.day(row["study_date"]),
                                    formats.minute(row["study_time"]))))  # fmt: skip
    return Exam(
        reverse("study", args=[row["pk"]]),
        moment,
        row["study_description"],
        row["system__display_name"],
        _marked(row["dap_gym2"], _CGYCM2, own.get("dap_gym2")),
        _marked(row["rp_dose_gy"], 1.0, own.get("rp_dose_gy")),
        row["pk"] == study.pk,
    )


def _marked(value: float | None, factor: float, share: Share | None) -> SafeString:
    """Return a value as shown, with a mark where it is over its level."""
    text = formats.number(None if value is None else value * factor)
    if share is None or share.state != "over":
        return format_html("{}", text)
    return format_html(
        '<span class="level over" title="{} of the level: {}"><svg class="icon" role="img" '
        'aria-label="Over level"><use href="#i-over"/></svg><b>{}</b></span>',
        formats.percent(share.share), share.level.source, text,
    )  # fmt: skip


registry.add(StudyPart("alerts", 10, "web/study_alerts.html", _context))

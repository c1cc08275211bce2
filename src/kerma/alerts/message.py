"""Alerts in, subject and body of an e-mail out, with links and without identity."""

from collections.abc import Sequence

from kerma.alerts.quantities import quantity, said
from kerma.query.levels import PERIOD
from kerma.store import options
from kerma.store.models import Alert, Study

_MOST = 50
"""Alerts listed in one message."""


def subject(alerts: Sequence[Alert]) -> str:
    """Return the subject: how many, and of what."""
    if len(alerts) == 1:
        study = alerts[0].study
        return f"Kerma: dose alert, {study.modality}, {study.system.display_name}"
    return f"Kerma: {len(alerts)} dose alerts"


def body(alerts: Sequence[Alert], url: str) -> str:
    """Return a paragraph for each alert, most recent study first."""
    shows_sums = bool(options.get("period_in_mail"))
    parts = [_paragraph(alert, url, shows_sums=shows_sums) for alert in alerts[:_MOST]]
    if len(alerts) > _MOST:
        parts.append(f"{len(alerts) - _MOST} more are in the list.")
    if url:
        parts.append(f"All alerts: {url.rstrip('/')}/alerts/")
    end = "You get this message because an administrator of Kerma chose you for it."
    return "\n\n".join((*parts, end)) + "\n"


def link(alert: Alert, url: str) -> str:
    """Return the address of an alert, "" where that of Kerma is not known."""
    return f"{url.rstrip('/')}/alerts/{alert.pk}/" if url else ""


def _paragraph(alert: Alert, url: str, *, shows_sums: bool) -> str:
    study = alert.study
    modality, name = study.modality, alert.quantity
    day = f"{study.study_date:%Y-%m-%d}" if study.study_date else "no date"
    again = " (again: the value rose)" if alert.reopened_at else ""
    lines = [
        f"{alert.rule.name}{again}",
        f"{modality}, {study.system.display_name}, study of {day}",
        f"{quantity(modality, name).heading}: {said(modality, name, alert.value)}, "
        f"level {said(modality, name, alert.level)}",
    ]
    if shows_sums and study.period_exams:
        lines.append(_sums(study))
    lines.append(link(alert, url) or f"Alert {alert.pk} in Kerma")
    return "\n".join(lines)


def _sums(study: Study) -> str:
    """Return the sums over the patient's studies in words."""
    exams = f"{study.period_exams} exam{'' if study.period_exams == 1 else 's'}"
    values = [
        f"{quantity('RF', of).heading} {said('RF', of, value)}"
        for name, of in PERIOD.items()
        if (value := getattr(study, name)) is not None
    ]
    weeks = options.get("period_weeks")
    return f"Patient within {weeks} weeks: {', '.join(values)} ({exams})"

"""Alert rules of the demo hospital besides the first ones, and alerts in all their states."""

from itertools import cycle

from kerma.alerts import anew
from kerma.alerts.handle import Step, handle
from kerma.demo import extra
from kerma.demo.extra import Extra
from kerma.store.models import Alert, AlertRule

_RULES = (
    ("CT, dose length product of a study", "absolute", "CT",
     {"quantity": "dlp_mgycm", "level": 1500.0}),
    ("CT, twice the reference level", "reference", "CT", {"quantity": "dlp_mgycm", "times": 2.0}),
    ("CT, outlier for the patient's mass", "outlier", "CT",
     {"quantity": "dlp_mgycm", "deviations": 3.5, "like": "system-name", "last": 200,
      "minimum": 10}),
    ("Radiography, outlier for the patient's mass", "outlier", "DX",
     {"quantity": "dap_gym2", "deviations": 3.5, "like": "system-name", "last": 200,
      "minimum": 10}),
    ("Mammography, average glandular dose", "absolute", "MG",
     {"quantity": "agd_max_mgy", "level": 6.0}),
)  # fmt: skip

_STATES = Alert.State
_STEPS = (
    None,
    Step(_STATES.SEEN),
    Step(_STATES.JUSTIFIED, "complex", comment="Long procedure, the patient was told."),
    Step(_STATES.FOLLOWED_UP, "protocol", comment="Protocol corrected with the radiographers."),
    Step(_STATES.CLOSED, "indicated", comment="Discussed in the dose team."),
    Step(_STATES.CLOSED, "data"),
)
"""In turn; None leaves an alert new."""


def _nothing(done: int, total: int, note: str) -> None:
    """Nobody watches the demo being made."""


def _give() -> None:
    for name, kind, modality, settings in _RULES:
        values = {"kind": kind, "modality": modality, "settings": settings, "sends_mail": True}
        AlertRule.objects.get_or_create(name=name, defaults=values)
    if Alert.objects.exists():
        return
    anew.renew_sums(_nothing)
    numbers = AlertRule.objects.filter(is_active=True).values_list("pk", flat=True)
    anew.judge(list(numbers), 0, _nothing)
    steps = cycle(_STEPS)
    found = Alert.objects.order_by("-study__date_time", "pk").values_list("pk", flat=True)
    for number in found:
        step = next(steps)
        if step is not None:
            handle([number], step, None)


extra.registry.add(Extra("alerts", 30, _give))

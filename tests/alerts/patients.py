"""Studies of one patient, stored and followed up."""

from typing import Any

from kerma.alerts.follow import follow
from kerma.records import Patient, Totals
from kerma.store.models import Alert, AlertRule, Study
from tests.query.hospital import store


def fluoroscopy(label: str, day: str, *, patient: str = "p1", room: str = "Room 1", **totals: Any):
    """Store a fluoroscopy study, as it arrives; nothing is followed up."""
    number = store(label, "RF", day=day, room=room, patient=Patient(id=patient),
                   totals=Totals(**totals))  # fmt: skip
    return Study.objects.get(pk=number)


def followed(study: Study) -> Study:
    """Do what follows from a study, and return it as it is then."""
    follow(Study.objects.get(pk=study.pk))
    return Study.objects.get(pk=study.pk)


def only(kind: str, modality: str = "RF", **settings: Any) -> AlertRule:
    """Make this the only rule there is."""
    AlertRule.objects.all().delete()
    return AlertRule.objects.create(
        name=f"{modality} {kind}", kind=kind, modality=modality, settings=settings, sends_mail=True
    )


def alert_of(study: Study) -> Alert | None:
    """Return the only alert of a study."""
    return Alert.objects.filter(study=study).first()

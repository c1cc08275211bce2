"""Sums over the patient and alerts of a study that is new, changed or gone."""

from kerma.alerts.follow import follow, leave
from kerma.pipeline.follow_up import FollowUp, registry

registry.add(FollowUp("alerts", 30, frozenset(("CT", "RF", "DX", "MG", "NM")), follow, gone=leave))

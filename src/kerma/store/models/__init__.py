"""Every table of Kerma."""

from kerma.store.models.events import Administration, CtEvent, ProjectionEvent
from kerma.store.models.objects import AuditEntry, ObjectUse, Quarantine, StoredObject
from kerma.store.models.policies import (
    IdentityPolicy,
    NotPatientPattern,
    SiteOptions,
    SizeEntry,
    SizeImport,
    UserOptions,
)
from kerma.store.models.studies import DailyCount, KnownText, Source, Study
from kerma.store.models.systems import Device, System, UntrustedObserverModel

__all__ = [
    "Administration",
    "AuditEntry",
    "CtEvent",
    "DailyCount",
    "Device",
    "IdentityPolicy",
    "KnownText",
    "NotPatientPattern",
    "ObjectUse",
    "ProjectionEvent",
    "Quarantine",
    "SiteOptions",
    "SizeEntry",
    "SizeImport",
    "Source",
    "StoredObject",
    "Study",
    "System",
    "UntrustedObserverModel",
    "UserOptions",
]

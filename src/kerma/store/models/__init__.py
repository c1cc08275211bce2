"""Every table of Kerma."""

from kerma.store.models.events import Administration, CtEvent, ProjectionEvent
from kerma.store.models.nodes import (
    ApiToken,
    Arrival,
    ArrivalRule,
    CollectedStudy,
    LocalStore,
    PhysicsStudy,
    RemoteNode,
    WatchedFolder,
)
from kerma.store.models.objects import AuditEntry, ObjectUse, Quarantine, StoredObject
from kerma.store.models.policies import (
    IdentityPolicy,
    NotPatientPattern,
    SiteOptions,
    SizeEntry,
    SizeImport,
    UserOptions,
)
from kerma.store.models.queries import Query, QueryImage, QuerySeries, QueryStudy, Schedule
from kerma.store.models.studies import DailyCount, KnownText, Source, Study
from kerma.store.models.systems import Device, System, UntrustedObserverModel
from kerma.store.models.tasks import Process, Task

__all__ = [
    "Administration",
    "ApiToken",
    "Arrival",
    "ArrivalRule",
    "AuditEntry",
    "CollectedStudy",
    "CtEvent",
    "DailyCount",
    "Device",
    "IdentityPolicy",
    "KnownText",
    "LocalStore",
    "NotPatientPattern",
    "ObjectUse",
    "PhysicsStudy",
    "Process",
    "ProjectionEvent",
    "Quarantine",
    "Query",
    "QueryImage",
    "QuerySeries",
    "QueryStudy",
    "RemoteNode",
    "Schedule",
    "SiteOptions",
    "SizeEntry",
    "SizeImport",
    "Source",
    "StoredObject",
    "Study",
    "System",
    "Task",
    "UntrustedObserverModel",
    "UserOptions",
    "WatchedFolder",
]

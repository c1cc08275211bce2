"""Every table of Kerma."""

from kerma.store.models.alerts import (
    Alert,
    AlertDelivery,
    AlertRecipient,
    AlertRule,
    AlertStep,
    AlertWebhook,
    PatientDay,
)
from kerma.store.models.changes import ChangeReader, FollowUpFault, StudyChange
from kerma.store.models.ct_sizes import CtImageSize
from kerma.store.models.events import Administration, CtEvent, ProjectionEvent
from kerma.store.models.exports import Export
from kerma.store.models.historical import (
    HistoricalDoses,
    HistoricalStudy,
    ImageNote,
    ImageStudy,
)
from kerma.store.models.names import (
    ReferenceLink,
    SiteReferenceLevel,
    StandardName,
    StandardNameRule,
)
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
from kerma.store.models.screens import (
    GlyphSet,
    KnownGlyph,
    ScreenPicture,
    ScreenStudy,
)
from kerma.store.models.skin import SkinGeometry, SkinMap, TubeCalibration
from kerma.store.models.studies import DailyCount, KnownText, Source, Study
from kerma.store.models.systems import Device, System, UntrustedObserverModel
from kerma.store.models.tasks import Process, Task

__all__ = [
    "Administration",
    "Alert",
    "AlertDelivery",
    "AlertRecipient",
    "AlertRule",
    "AlertStep",
    "AlertWebhook",
    "ApiToken",
    "Arrival",
    "ArrivalRule",
    "AuditEntry",
    "ChangeReader",
    "CollectedStudy",
    "CtEvent",
    "CtImageSize",
    "DailyCount",
    "Device",
    "Export",
    "FollowUpFault",
    "GlyphSet",
    "HistoricalDoses",
    "HistoricalStudy",
    "IdentityPolicy",
    "ImageNote",
    "ImageStudy",
    "KnownGlyph",
    "KnownText",
    "LocalStore",
    "NotPatientPattern",
    "ObjectUse",
    "PatientDay",
    "PhysicsStudy",
    "Process",
    "ProjectionEvent",
    "Quarantine",
    "Query",
    "QueryImage",
    "QuerySeries",
    "QueryStudy",
    "ReferenceLink",
    "RemoteNode",
    "Schedule",
    "ScreenPicture",
    "ScreenStudy",
    "SiteOptions",
    "SiteReferenceLevel",
    "SizeEntry",
    "SizeImport",
    "SkinGeometry",
    "SkinMap",
    "Source",
    "StandardName",
    "StandardNameRule",
    "StoredObject",
    "Study",
    "StudyChange",
    "System",
    "Task",
    "TubeCalibration",
    "UntrustedObserverModel",
    "UserOptions",
    "WatchedFolder",
]

"""Device and system of a record: found, or made with an automatic name."""

from hashlib import blake2b
from typing import NamedTuple

from django.db.backends.utils import CursorWrapper

from kerma.merge.kinds import is_report
from kerma.records import StudyRecord
from kerma.store.models import Device, System
from kerma.store.options import ADOPT_DISPLAY_NAMES
from kerma.store.rules import Rules, observer_uid


class Placed(NamedTuple):
    """A device with the system it belongs to."""

    device_id: int
    system_id: int
    user_defined_modality: str


_FIND = """
SELECT d.id, d.system_id, s.user_defined_modality, d.kind, d.device_observer_uid
  FROM store_device d JOIN store_system s ON s.id = d.system_id
 WHERE d.identity_hash = %s ORDER BY d.id
"""


def kind_of(record: StudyRecord) -> str:
    """Return what the record's device is told apart by."""
    return Device.Kind.REPORT if is_report(record) else Device.Kind.IMAGE


def resolve(cursor: CursorWrapper, record: StudyRecord, rules: Rules) -> Placed:
    """Return the device of `record` and its system; those that are new are made.

    A device that was stored before its observer UID was known takes it over.
    """
    kind = kind_of(record)
    uid = _device_uid(record, kind, rules)
    cursor.execute(_FIND, [identity_hash(record)])
    alike = cursor.fetchall()
    same_kind = [row for row in alike if row[3] == kind]
    for row in same_kind:
        if row[4] == uid:
            return Placed(*row[:3])
    for row in same_kind:
        if not row[4] or not uid:
            if uid and not _took_over(row[0], uid):
                return resolve(cursor, record, rules)
            return Placed(*row[:3])
    images = [row[1] for row in alike if row[3] == Device.Kind.IMAGE]
    return _make(record, kind, uid, _known_system(uid, images, rules) or _named_system(record))


def _took_over(device_id: int, uid: str) -> bool:
    """Give a device its observer UID; False if another process was quicker."""
    free = Device.objects.filter(pk=device_id, device_observer_uid="")
    return bool(free.update(device_observer_uid=uid))


def identity_hash(record: StudyRecord) -> str:
    """Return the hash of the eight attributes."""
    values = "\x1f".join(getattr(record.device, name) for name in Device.IDENTITY)
    return blake2b(values.encode(), digest_size=16).hexdigest()


def automatic_name(record: StudyRecord) -> str:
    """Return "<institution> <station name>", or what there is of it, or else maker and model."""
    device = record.device
    name = " ".join(filter(None, (device.institution, device.station_name)))
    maker = " ".join(
        filter(None, (device.manufacturer or record.manufacturer, device.model or record.model))
    )
    return name or maker or "Unnamed system"


def _device_uid(record: StudyRecord, kind: str, rules: Rules) -> str:
    """Return the observer UID that tells devices apart, "" for images and where not trusted."""
    if kind == Device.Kind.IMAGE or not rules.trusts_observer_uid(record):
        return ""
    return observer_uid(record)


def _known_system(uid: str, images: list[int], rules: Rules) -> System | None:
    """Return the system whose name a new report device takes over.

    That of images with the very same attributes; or, where the site has chosen so, that of
    another device with the same observer UID.
    """
    if not uid and not images:
        return None
    if images:
        return System.objects.get(pk=images[0])
    if not rules.option(ADOPT_DISPLAY_NAMES, False):
        return None
    known = Device.objects.filter(device_observer_uid=uid).select_related("system")
    first = known.order_by("id").first()
    return first.system if first else None


def _named_system(record: StudyRecord) -> System:
    """Return the system with the automatic name."""
    system, _ = System.objects.get_or_create(display_name=automatic_name(record))
    return system


def _make(record: StudyRecord, kind: str, uid: str, system: System) -> Placed:
    values = {name: getattr(record.device, name) for name in Device.IDENTITY}
    device, _ = Device.objects.get_or_create(
        identity_hash=identity_hash(record),
        kind=kind,
        device_observer_uid=uid,
        defaults={"system": system, **values},
    )
    return Placed(device.pk, device.system_id, device.system.user_defined_modality)

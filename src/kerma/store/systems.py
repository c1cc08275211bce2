"""Names and modalities of systems: what administrators change, and what follows from it."""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from kerma.errors import KermaError
from kerma.store import audit, changes, counts, rules
from kerma.store.event_rows import event_models
from kerma.store.held import PROJECTION
from kerma.store.locks import lock_study
from kerma.store.merging import renew
from kerma.store.models import Device, Source, Study, System


class NoName(KermaError):
    """A system cannot be without a name."""


def rename(
    devices: Iterable[Device], display_name: str, user: AbstractBaseUser | None = None
) -> System:
    """Give devices a display name: the system of that name is theirs, made if there is none.

    Devices of one name are one system, with the modality that an administrator gave it; a system
    left without devices goes.

    Raises
    ------
    NoName
        If the name is empty.
    """
    target, to_sort = rename_only(devices, display_name, user)
    if to_sort:
        sort_anew(target)
    return target


def rename_only(
    devices: Iterable[Device], display_name: str, user: AbstractBaseUser | None = None
) -> tuple[System, bool]:
    """As `rename`, but leave sorting the studies to the caller; return whether that is due.

    It is where the devices come under a modality that an administrator has given the system.
    """
    name = display_name.strip()
    if not name:
        raise NoName("Give a display name of at least one character.")
    chosen = list(Device.objects.filter(pk__in=[d.pk for d in devices]).select_related("system"))
    modalities = {device.system.user_defined_modality for device in chosen}
    target = _renamed(chosen, name, user)
    return target, bool(modalities - {target.user_defined_modality})


@transaction.atomic
def _renamed(chosen: list[Device], name: str, user: AbstractBaseUser | None) -> System:
    """Move devices to the system of this name, their studies and events with them."""
    old = {device.system for device in chosen}
    target = _named(name, chosen, old)
    Device.objects.filter(pk__in=[device.pk for device in chosen]).update(system=target)
    _follow(chosen, target)
    counts.recount({target.pk, *(system.pk for system in old)})
    for system in old - {target}:
        if not system.devices.exists():
            system.delete()
    audit.write(user, "rename", devices=[str(device) for device in chosen], display_name=name)
    return target


def _named(name: str, chosen: list[Device], old: set[System]) -> System:
    """Return the system of that name; where all devices of one system are chosen, it is renamed."""
    known = System.objects.filter(display_name=name).first()
    if known is not None:
        return known
    if len(old) == 1 and (system := next(iter(old))).devices.count() == len(chosen):
        system.display_name = name
        system.save(update_fields=["display_name"])
        return system
    modalities = {system.user_defined_modality for system in old}
    shared = modalities.pop() if len(modalities) == 1 else ""
    return System.objects.create(display_name=name, user_defined_modality=shared)


def _follow(devices: list[Device], target: System) -> None:
    """Put the studies and events of `devices` under the system they belong to now."""
    studies = Study.objects.filter(device__in=devices).exclude(system=target)
    for model in event_models():
        _all(model).filter(study__in=studies).update(system=target)
    with connection.cursor() as cursor:
        changes.note(cursor, studies.values_list("pk", flat=True))
    studies.update(system=target)


def set_modality(system: System, modality: str, user: AbstractBaseUser | None = None) -> int:
    """Say what kind of equipment a system is, sort its studies anew; return how many moved.

    Between fluoroscopy, radiography and mammography studies move; with `Dual` each goes by its
    content to fluoroscopy or radiography; nothing else changes what a study is.
    """
    set_modality_only(system, modality, user)
    return sort_anew(system)


@transaction.atomic
def set_modality_only(system: System, modality: str, user: AbstractBaseUser | None = None) -> None:
    """As `set_modality`, but leave sorting the studies to the caller."""
    System.objects.filter(pk=system.pk).update(user_defined_modality=modality)
    audit.write(user, "set modality", system=system.display_name, modality=modality)


def sort_anew(system: System) -> int:
    """Decide the modality of every projection study of a system anew; return how many moved.

    One transaction a study: it may be stopped and started again.
    """
    return sum(sort_study(uid) for uid in list(uids_to_sort(system)))


def uids_to_sort(system: System) -> "QuerySet[Source, str]":
    """Return the UIDs of the studies of a system that may move, in order."""
    found = Source.objects.filter(device__system=system, study__modality__in=PROJECTION)
    uids = found.order_by("study_instance_uid").values_list("study_instance_uid", flat=True)
    return uids.distinct()


@transaction.atomic
def sort_study(uid: str) -> bool:
    """Merge a study anew; return whether it is another modality now."""
    with connection.cursor() as cursor:
        lock_study(cursor, uid)
        before = _modalities(uid)
        renew(cursor, uid, rules.load(cursor))
        return _modalities(uid) != before


def _modalities(uid: str) -> list[tuple[str, str]]:
    found = Source.objects.filter(study_instance_uid=uid).order_by("sop_instance_uid")
    return list(found.values_list("sop_instance_uid", "study__modality"))


def _all(model: type[Model]) -> "QuerySet[Model]":
    return model._default_manager.all()

"""The site's own reference levels and its links to published ones, changed."""

import datetime as dt
from collections.abc import Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from kerma.store import audit
from kerma.store.models import ReferenceLink, SiteReferenceLevel, StandardName


@transaction.atomic
def link(series: str, wanted: Mapping[int, str], user: AbstractBaseUser | None = None) -> int:
    """Link standard names, by number, to procedures of a series; "" unlinks; return how many."""
    known = {
        one.standard_name_id: one
        for one in ReferenceLink.objects.filter(level_set=series, standard_name__in=wanted)
    }
    changed = 0
    for number, procedure in wanted.items():
        before = known.get(number)
        if (before.procedure if before else "") == procedure:
            continue
        changed += 1
        if before:
            before.delete()
        if procedure:
            ReferenceLink.objects.create(
                standard_name_id=number, level_set=series, procedure=procedure
            )
    if changed:
        audit.write(user, "link reference levels", set=series, changed=changed)
    return changed


@transaction.atomic
def keep(level: SiteReferenceLevel, user: AbstractBaseUser | None = None) -> SiteReferenceLevel:
    """Keep a level of the site; the one for the same patients before it ends the day before."""
    same = SiteReferenceLevel.objects.filter(
        standard_name=level.standard_name_id,
        quantity=level.quantity,
        phantom_cm=level.phantom_cm,
        band=level.band,
    ).exclude(pk=level.pk)
    same.filter(valid_from=level.valid_from).delete()
    earlier = same.filter(valid_from__lt=level.valid_from, valid_until=None)
    earlier.update(valid_until=level.valid_from - dt.timedelta(days=1))
    level.save()
    name: StandardName = level.standard_name
    audit.write(
        user, "keep reference level", modality=name.modality, name=name.name,
        quantity=level.quantity, value=level.value,
    )  # fmt: skip
    return level


@transaction.atomic
def drop(level: SiteReferenceLevel, user: AbstractBaseUser | None = None) -> None:
    """Delete a level of the site."""
    name: StandardName = level.standard_name
    audit.write(
        user, "delete reference level", modality=name.modality, name=name.name,
        quantity=level.quantity, value=level.value,
    )  # fmt: skip
    level.delete()

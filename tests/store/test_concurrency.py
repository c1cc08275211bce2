"""Several writers at once: PostgreSQL lets them, so they must not meet in a study."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from kerma.store.counts import recount
from kerma.store.models import Device, StoredObject, Study, System
from tests.merge.builders import ct, ct_report, device, header
from tests.store.helpers import arrive, contents

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

STUDIES = 5


def objects():
    """Return cumulative reports of several studies from one device that is not known yet."""
    return [
        ct_report(
            f"{study}.{part}",
            [ct(n) for n in range(part)],
            60.0 * part,
            study=header(f"{study}.{part}", 60.0 * part, study_instance_uid=f"1.{study}"),
            device=device("S1"),
        )
        for study in range(STUDIES)
        for part in (1, 2, 3)
    ]


def save_some(records):
    try:
        for record in records:
            arrive(record)
    finally:
        connection.close()


def test_writers_at_the_same_time_leave_what_one_alone_leaves():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    records = objects()
    shares = [random.Random(seed).sample(records, len(records)) for seed in range(4)]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(save_some, shares))

    at_once = contents()
    Study.objects.all().delete()
    StoredObject.objects.all().delete()
    assert (Device.objects.count(), System.objects.count()) == (1, 1)
    recount()
    for record in records:
        arrive(record)
    assert contents() == at_once

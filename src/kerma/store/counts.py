"""Studies per system, modality and day, kept in step with every change of the studies."""

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

_SHARDS = 16
"""Two processes seldom count in the same row, and a day has few rows."""


class Day(NamedTuple):
    """What studies are counted by."""

    modality: str
    system_id: int
    date: dt.date
    """That of the column `date_time`."""


_ADD = """
INSERT INTO store_dailycount (modality, system_id, study_date, shard, studies)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (modality, system_id, study_date, shard)
DO UPDATE SET studies = store_dailycount.studies + excluded.studies
"""
_COUNT = """
INSERT INTO store_dailycount (modality, system_id, study_date, shard, studies)
SELECT modality, system_id, DATE(date_time), 0, COUNT(*) FROM store_study {where} GROUP BY 1, 2, 3
"""


def add(cursor: CursorWrapper, changes: Counter[Day]) -> None:
    """Add to the counts; negative numbers take away.

    Late in a transaction, and always in the same order, so that processes wait for each other
    as short as possible and never in a circle.
    """
    shard = os.getpid() % _SHARDS if connection.vendor == "postgresql" else 0
    for day in sorted(changes):
        if changes[day]:
            cursor.execute(_ADD, [*day, shard, changes[day]])


@transaction.atomic
def recount(system_ids: Iterable[int] | None = None) -> None:
    """Count anew, all systems or those given: after a change of many studies at once."""
    ids = None if system_ids is None else sorted(system_ids)
    where = "" if ids is None else f"WHERE system_id IN ({', '.join(['%s'] * len(ids))})"
    if ids == []:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM store_dailycount {where}", ids)
        cursor.execute(_COUNT.format(where=where), ids)

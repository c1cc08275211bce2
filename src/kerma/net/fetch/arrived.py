"""What has come of a retrieval: objects noted as arrived, and those that still lie in the spool."""

import datetime as dt
import socket
from collections import defaultdict
from collections.abc import Iterable

from kerma.dicom import tags
from kerma.dicom.files import read_bytes
from kerma.errors import KermaError
from kerma.pipeline import spool
from kerma.store.models import Arrival, LocalStore, Process

_SEEN_WITHIN = dt.timedelta(minutes=5)
_AT_ONCE = 400


def can_be_seen(store: LocalStore | None) -> bool:
    """Return whether this computer sees what arrives at a store as soon as it is acknowledged.

    Without a store the objects come over our own association.
    """
    if store is None:
        return True
    if not store.is_ours:
        return False
    since = dt.datetime.now(dt.UTC) - _SEEN_WITHIN
    receivers = Process.objects.filter(kind__in=("receive", "run"), seen_at__gte=since)
    return receivers.filter(host=socket.gethostname()).exists()


def arrived_since(moment: dt.datetime, studies: Iterable[str]) -> dict[str, set[str]]:
    """Return the SOP Instance UIDs that arrived of these studies, by series."""
    wanted = set(studies)
    found: dict[str, set[str]] = defaultdict(set)
    _add_waiting(found, moment, wanted)
    uids = sorted(wanted)
    for at in range(0, len(uids), _AT_ONCE):
        rows = Arrival.objects.filter(
            arrived_at__gte=moment, study_instance_uid__in=uids[at : at + _AT_ONCE]
        )
        for series, sop in rows.values_list("series_instance_uid", "sop_instance_uid"):
            found[series].add(sop)
    return found


def _add_waiting(found: dict[str, set[str]], moment: dt.datetime, wanted: set[str]) -> None:
    """Add what lies in the spool. It is looked at first: what leaves it meanwhile has a row."""
    since_ns = int(moment.timestamp() * 1e9)
    for each in spool.waiting():
        if each.arrived_ns < since_ns:
            continue
        try:
            header = read_bytes(each.path.read_bytes()).data_set
        except (KermaError, OSError):
            continue
        if header.first(tags.StudyInstanceUID) in wanted:
            series = header.first(tags.SeriesInstanceUID)
            found[series].add(header.first(tags.SOPInstanceUID))

"""A small PACS that holds given objects and has the faults it is told to have.

with FaultyPacs(objects, Faults(busy=2), stores={"KERMA": port}) as pacs:
    node = RemoteNode(address="127.0.0.1", port=pacs.port, ae_title="PACS", …)
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

from tests.net.sockets import mend

_MODELS = (
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelMove,
    StudyRootQueryRetrieveInformationModelGet,
    Verification,
)

mend()

OUT_OF_RESOURCES = 0xA700
UNABLE_TO_SEND = 0xA702


@dataclass
class Faults:
    """What is wrong with the PACS; nothing by default."""

    busy: int = 0
    """So many first requests are answered with 0xA700 (C-FIND) or 0xA702 (C-MOVE)."""
    busy_for_series: str = ""
    """Requests to move this series are always answered with 0xA702."""
    rejects: int = 0
    """So many first associations are rejected, as congested."""
    stranger: bool = False
    """Every association is rejected: the calling AE title is not known."""
    silent_s: float = 0.0
    """Seconds before the first request of each association is answered."""
    silent_times: int = 0
    """How many requests that applies to."""
    slow_s: float = 0.0
    """Seconds before every answer."""
    endless: bool = False
    """Whether a query at study level is answered for ever, until it is terminated."""
    repeats: int = 1
    """How often each result is given."""
    leaves_out: frozenset[str] = frozenset()
    """Keywords of attributes never answered."""
    says: dict[str, object] = field(default_factory=dict)
    """Attributes answered with these values, whatever is true."""
    ignores_modality: bool = False
    ignores_dates: bool = False
    no_images_of: frozenset[str] = frozenset()
    """Series for which no objects are listed."""
    refuses_series_of: frozenset[str] = frozenset()
    """Studies whose series cannot be asked for: 0xC001."""
    sends_first_only: bool = False
    """Whether the first object of a series is sent again and again instead of the others."""
    drops_moves: int = 0
    """So many first C-MOVE requests end with a broken line after the first object."""
    idle_s: float = 0.0
    """Seconds without a request after which it ends an association; 0 for never."""
    ends_by: str = "A-ABORT"
    """How it does that: `A-ABORT` or `A-RELEASE`."""
    aborts_finds: int = 0
    """So many first C-FIND requests end with an abort."""


@dataclass
class Request:
    """A request that came."""

    kind: str
    association: int
    identifier: Dataset
    at: float


class FaultyPacs:
    """A query/retrieve SCP on a free port of this machine, to be used in a `with` statement."""

    def __init__(
        self,
        objects: Sequence[Dataset],
        faults: Faults | None = None,
        stores: dict[str, int] | None = None,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.objects = list(objects)
        self.faults = faults or Faults()
        self.stores = stores or {}
        self.requests: list[Request] = []
        self.cancelled = threading.Event()
        self.calling_titles: list[str] = []
        self.port = port
        self._tls = tls
        self._associations: list[object] = []
        self._lock = threading.Lock()

    def __enter__(self) -> "FaultyPacs":
        ae = AE(ae_title="PACS")
        for model in _MODELS:
            ae.add_supported_context(model)
        for sop_class in sorted({each.SOPClassUID for each in self.objects}):
            ae.add_requested_context(sop_class, ExplicitVRLittleEndian)
            ae.add_supported_context(
                sop_class, ExplicitVRLittleEndian, scu_role=True, scp_role=True
            )
        ae.maximum_associations = 30
        ae.network_timeout = self.faults.idle_s or 20
        handlers = [
            (evt.EVT_CONN_OPEN, _send_at_once),
            (evt.EVT_REQUESTED, self._requested),
            (evt.EVT_ESTABLISHED, self._established),
            (evt.EVT_C_FIND, self._find),
            (evt.EVT_C_MOVE, self._move),
            (evt.EVT_C_GET, self._get),
        ]
        self._server = ae.start_server(
            ("127.0.0.1", self.port), block=False, evt_handlers=handlers, ssl_context=self._tls
        )
        self.port = self._server.socket.getsockname()[1]
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()

    def asked(self, kind: str, level: str = "") -> list[Request]:
        """Return the requests of a kind, `find`, `move` or `get`, at a level."""
        return [
            each
            for each in self.requests
            if each.kind == kind and level in ("", each.identifier.QueryRetrieveLevel)
        ]

    def _requested(self, event: evt.Event) -> None:
        self.calling_titles.append(event.assoc.requestor.primitive.calling_ae_title)
        if self.faults.stranger:
            _reject(event, 0x01, 0x01, 0x03)
        elif self.faults.rejects > 0:
            self.faults.rejects -= 1
            _reject(event, 0x02, 0x03, 0x01)

    def _established(self, event: evt.Event) -> None:
        event.assoc.network_timeout_response = self.faults.ends_by

    def _note(self, kind: str, event: evt.Event) -> Dataset:
        with self._lock:
            if event.assoc not in self._associations:
                self._associations.append(event.assoc)
            number = self._associations.index(event.assoc)
        asked = event.identifier
        self.requests.append(Request(kind, number, asked, time.monotonic()))
        if self.faults.silent_times > 0:
            self.faults.silent_times -= 1
            time.sleep(self.faults.silent_s)
        time.sleep(self.faults.slow_s)
        return asked

    def _is_busy(self) -> bool:
        if self.faults.busy > 0:
            self.faults.busy -= 1
            return True
        return False

    def _find(self, event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
        asked = self._note("find", event)
        if self._is_busy():
            yield OUT_OF_RESOURCES, None
            return
        if self.faults.aborts_finds > 0:
            self.faults.aborts_finds -= 1
            event.assoc.abort()
            return
        if asked.get("StudyInstanceUID") in self.faults.refuses_series_of:
            yield 0xC001, None
            return
        for answer in self._answers(asked):
            for _ in range(self.faults.repeats):
                if event.is_cancelled:
                    self.cancelled.set()
                    yield 0xFE00, None
                    return
                yield 0xFF00, answer

    def _answers(self, asked: Dataset) -> Iterator[Dataset]:
        level = asked.QueryRetrieveLevel
        unique = {
            "STUDY": "StudyInstanceUID",
            "SERIES": "SeriesInstanceUID",
            "IMAGE": "SOPInstanceUID",
        }[level]
        groups: dict[str, list[Dataset]] = {}
        for each in self._matching(asked):
            groups.setdefault(each[unique].value, []).append(each)
        while True:
            for group in groups.values():
                yield self._answer(asked, group)
                time.sleep(0.01 if self.faults.endless else 0)
            if not self.faults.endless or level != "STUDY":
                return

    def _matching(self, asked: Dataset) -> list[Dataset]:
        found = self.objects
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            if asked.get(keyword):
                found = [each for each in found if each[keyword].value == asked[keyword].value]
        if asked.QueryRetrieveLevel == "STUDY":
            found = [each for each in found if self._is_of(each, asked)]
        if asked.QueryRetrieveLevel == "IMAGE" and self.faults.no_images_of:
            found = [
                each for each in found if each.SeriesInstanceUID not in self.faults.no_images_of
            ]
        return found

    def _is_of(self, each: Dataset, asked: Dataset) -> bool:
        first, dash, last = str(asked.get("StudyDate") or "").partition("-")
        day = str(each.StudyDate)
        if not self.faults.ignores_dates:
            if first and (day < first or (not dash and day != first)):
                return False
            if last and day > last:
                return False
        wanted = asked.get("ModalitiesInStudy")
        if self.faults.ignores_modality or not wanted:
            return True
        return wanted in self._modalities(each.StudyInstanceUID)

    def _modalities(self, study: str) -> list[str]:
        return sorted({e.Modality for e in self.objects if e.StudyInstanceUID == study})

    def _answer(self, asked: Dataset, group: list[Dataset]) -> Dataset:
        first = group[0]
        answer = Dataset()
        answer.QueryRetrieveLevel = asked.QueryRetrieveLevel
        known = {
            "ModalitiesInStudy": self._modalities(first.StudyInstanceUID),
            "NumberOfStudyRelatedSeries": len({each.SeriesInstanceUID for each in group}),
            "NumberOfSeriesRelatedInstances": len(group),
        }
        for element in asked:
            keyword = element.keyword
            if keyword in self.faults.leaves_out:
                continue
            value = self.faults.says.get(keyword, known.get(keyword, first.get(keyword)))
            if value is not None:
                setattr(answer, keyword, value)
        return answer

    def _to_send(self, asked: Dataset) -> list[Dataset]:
        found = self._matching(asked)
        return found[:1] * len(found) if self.faults.sends_first_only else found

    def _move(self, event: evt.Event) -> Iterator[object]:
        asked = self._note("move", event)
        title = event.move_destination
        if not _listens(self.stores.get(title, 0)):
            yield None, None
            return
        yield "127.0.0.1", self.stores[title], {"ae_title": title}
        if self._is_busy() or asked.get("SeriesInstanceUID") == self.faults.busy_for_series:
            yield 1
            yield UNABLE_TO_SEND, None
            return
        yield from self._sent(event, asked)

    def _get(self, event: evt.Event) -> Iterator[object]:
        asked = self._note("get", event)
        yield from self._sent(event, asked)

    def _sent(self, event: evt.Event, asked: Dataset) -> Iterator[object]:
        found = self._to_send(asked)
        yield len(found)
        for number, each in enumerate(found):
            if event.is_cancelled:
                self.cancelled.set()
                yield 0xFE00, None
                return
            if number == 1 and self.faults.drops_moves > 0:
                self.faults.drops_moves -= 1
                event.assoc.abort()
                return
            yield 0xFF00, each


def _reject(event: evt.Event, result: int, source: int, reason: int) -> None:
    event.assoc.acse.send_reject(result, source, reason)
    event.assoc.is_rejected = True
    time.sleep(0.1)  # the line is closed as soon as this returns


def _listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def _send_at_once(event: evt.Event) -> None:
    event.assoc.dul.socket.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def instance(
    study: str, series: str, number: int, modality: str, sop_class: str, **attributes: object
) -> Dataset:
    """Return an object: its UIDs are those of study and series with a number behind."""
    found = Dataset()
    found.SOPClassUID = sop_class
    found.SOPInstanceUID = f"{study}.{series}.{number}"
    found.StudyInstanceUID = study
    found.SeriesInstanceUID = f"{study}.{series}"
    found.StudyDate = "20260102"
    found.StudyTime = "101500"
    found.Modality = modality
    found.SeriesNumber = int(series)
    found.InstanceNumber = number
    found.StudyDescription = "Thorax"
    found.PatientName = "Doe^Jane"
    found.PatientID = "12345"
    for keyword, value in attributes.items():
        setattr(found, keyword, value)
    found.file_meta = FileMetaDataset()
    found.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return found


__all__ = ["Faults", "FaultyPacs", "Request", "instance"]

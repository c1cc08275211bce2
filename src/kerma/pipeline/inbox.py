"""The spool in, decisions out: each object that arrived is ignored, put aside or imported.

An object leaves the spool only when what became of it is on disk. Whatever ends the process
before, the object is taken again, and taking it again changes nothing.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable
from contextlib import ExitStack

from msgspec.structs import replace

from kerma.dicom import tags
from kerma.dicom.content import CONTENT
from kerma.dicom.dataset import DataSet
from kerma.dicom.files import DicomFile, read_bytes
from kerma.dicom.lean import Bytes
from kerma.dicom.screen_header import is_companion
from kerma.errors import KermaError
from kerma.pipeline import collected, estimated, outage, physics, spool
from kerma.pipeline.find import contents
from kerma.pipeline.ingest import ingest_file, refuse
from kerma.pipeline.screens import gather
from kerma.pipeline.spool import Spooled
from kerma.store import arrival_log, arrival_rules, durable
from kerma.store.arrival import Came
from kerma.store.arrival_rules import ArrivalRules, Decision, Traits, Verdict

_log = logging.getLogger("kerma.import")

_RULES_S = 1.0
"""Seconds after which changed rules are followed."""
_TOGETHER = 32
_TOGETHER_S = 0.2
"""How many objects leave the spool together, and for how long the first waits for the others."""
_LATER_S = 60.0
"""Seconds after which an object is tried again that not even the quarantine could take."""


class Fault(KermaError):
    """Kerma met a case that nobody thought of."""


class Inbox:
    """One worker at the spool. Any number of them, in any number of processes, share the work."""

    def __init__(self) -> None:
        self._outage = outage.Outage()
        self._rules = arrival_rules.NONE
        self._rules_at = float("-inf")
        self._later: dict[str, float] = {}

    def work_off(self, stop: Callable[[], bool], limit: int | None = None) -> int:
        """Take what waits; see the function of this name."""
        decided = 0
        if self._outage.lasts:
            return decided
        try:
            with _Leaving() as leaving:
                for spooled in spool.waiting():
                    if decided == limit or stop():
                        break
                    decided += self._take(spooled, leaving)
        except outage.ERRORS as error:
            if not outage.is_one(error):
                raise
            self._outage.met(error)
        else:
            if decided:
                self._outage.over()
        return decided

    def _take(self, spooled: Spooled, leaving: "_Leaving") -> bool:
        """Decide about one object; return False if another worker has it, or it must wait."""
        if self._later.get(spooled.name, 0.0) > time.monotonic():
            return False
        with ExitStack() as held:
            file = held.enter_context(spool.claimed(spooled))
            if file is None:
                return False
            try:
                with contents(file) as data:
                    self._decide(spooled, data)
            except KermaError as error:
                _refuse(b"", error, _came(spooled, 0))
            except Exception as error:  # one object must not keep the others waiting
                if outage.is_one(error):
                    raise
                self._put_off(spooled)
                return False
            leaving.add(spooled, held.pop_all())
        return True

    def _decide(self, spooled: Spooled, data: Bytes) -> None:
        """Find out what is to become of an object, and do it."""
        came = _came(spooled, len(data))
        try:
            self._act(spooled, data, came)
        except KermaError as error:
            _refuse(data, error, came)
        except Exception as error:  # one object must not keep the others waiting
            if outage.is_one(error):
                raise
            _log.exception("A fault of Kerma over the object %s.", spooled.name)
            fault = Fault("Kerma has a fault here; the log says where. Try again after an update.")
            _refuse(data, fault, came)

    def _act(self, spooled: Spooled, data: Bytes, came: Came) -> None:
        file = read_bytes(data)
        came = _described(came, file.data_set)
        verdict = self._current().of(_traits(file.data_set))
        if verdict.decision == Decision.IGNORED:
            arrival_log.note(came, Decision.IGNORED, verdict.reason)
        elif not (came.study_instance_uid and came.sop_instance_uid):
            _import(file, data, came)  # which says what is missing
        elif verdict.decision == Decision.PHYSICS:
            _keep_physics(spooled, file, data, came, verdict)
        elif verdict.decision == Decision.COLLECTED:
            _collect(spooled, file, came, verdict.reason)
        else:
            _import(file, data, came)

    def _current(self) -> ArrivalRules:
        """Return the rules, read anew when they may have changed."""
        now = time.monotonic()
        if now - self._rules_at > _RULES_S:
            self._rules, self._rules_at = arrival_rules.load(), now
        return self._rules

    def _put_off(self, spooled: Spooled) -> None:
        self._later[spooled.name] = time.monotonic() + _LATER_S
        _log.exception(
            "The object %s could be neither imported nor put into quarantine. It stays in the "
            "spool and is tried again in a minute.",
            spooled.name,
        )


_INBOX = Inbox()


def work_off(stop: Callable[[], bool] = lambda: False, limit: int | None = None) -> int:
    """Take every object that waits in the spool, once, those that came first first.

    Where database or disk fail, the objects stay, the log says so once, and calls return at once
    until it is time to try again.

    Parameters
    ----------
    stop
        Asked before each object.
    limit
        How many objects to take at most.

    Returns
    -------
    int
        How many it decided about.
    """
    return _INBOX.work_off(stop, limit)


class _Leaving:
    """Objects that were decided about, on their way out of the spool."""

    def __init__(self) -> None:
        self._objects: list[tuple[Spooled, ExitStack]] = []
        self._since = 0.0

    def __enter__(self) -> "_Leaving":
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def add(self, spooled: Spooled, held: ExitStack) -> None:
        """Let an object go, with the next few; it stays locked till then."""
        if not self._objects:
            self._since = time.monotonic()
        self._objects.append((spooled, held))
        if len(self._objects) >= _TOGETHER or time.monotonic() - self._since > _TOGETHER_S:
            self.remove()

    def remove(self) -> None:
        """Remove them, once what became of them is on disk."""
        try:
            if self._objects:
                durable.settle()
            for spooled, _ in self._objects:
                spool.remove(spooled)
        finally:
            for _, held in self._objects:
                held.close()
            self._objects = []


def _import(file: DicomFile, data: Bytes, came: Came) -> None:
    outcome = ingest_file(file, data, _origin(came), came.came_by, came)
    decision = Decision.COLLECTED if outcome.is_collected else outcome.outcome
    arrival_log.note(came, decision, outcome.reason)
    if outcome.outcome == "refused":
        _log_refused(came, outcome.reason)


def _collect(spooled: Spooled, file: DicomFile, came: Came, reason: str) -> None:
    """Put an object of a scanner without reports aside; of images the header is enough."""
    estimated.note_if_wanted(file.data_set)
    if is_companion(file.data_set):
        gather.keep_companion(file.data_set, came, reason)
    else:
        collected.keep(spooled.path, came, reason)


def _keep_physics(
    spooled: Spooled, file: DicomFile, data: Bytes, came: Came, verdict: Verdict
) -> None:
    if not verdict.also_import:
        physics.keep(spooled.path, file.data_set, came, verdict.reason, verdict.pattern)
        return
    physics.keep_too(spooled.path, file.data_set, came, verdict.pattern)
    note = f"Kept as a physics study as well: {verdict.reason}"
    _import(file, data, replace(came, note=note))


def _refuse(data: Bytes, error: KermaError, came: Came) -> None:
    """Put an object into quarantine that could not even be decided about."""
    outcome = refuse(data, error, _origin(came), came.came_by)
    arrival_log.note(came, outcome.outcome, outcome.reason)
    _log_refused(came, outcome.reason)


def _log_refused(came: Came, reason: str) -> None:
    _log.warning("The object %s is in quarantine: %s", came.spool_name, reason)


def _came(spooled: Spooled, size: int) -> Came:
    return Came(
        spool_name=spooled.name,
        arrived_at=dt.datetime.fromtimestamp(spooled.arrived_ns / 1e9, dt.UTC),
        came_by=spooled.came_by,
        store=spooled.store,
        caller=spooled.caller,
        size_bytes=size,
    )


def _described(came: Came, header: DataSet) -> Came:
    """Return what came, with what its header says; nothing of it is about the patient."""
    return replace(
        came,
        study_instance_uid=header.first(tags.StudyInstanceUID),
        series_instance_uid=header.first(tags.SeriesInstanceUID),
        sop_instance_uid=header.first(tags.SOPInstanceUID),
        modality=header.first(tags.Modality),
        manufacturer=header.text(tags.Manufacturer),
        model=header.text(tags.ManufacturerModelName),
        station_name=header.text(tags.StationName),
        software_versions=header.text(tags.SoftwareVersions),
        serial_number=header.text(tags.DeviceSerialNumber),
    )


def _traits(header: DataSet) -> Traits:
    """Return what the rules look at."""
    return Traits(
        manufacturer=header.text(tags.Manufacturer),
        model=header.text(tags.ManufacturerModelName),
        station_name=header.text(tags.StationName),
        software_versions=header.text(tags.SoftwareVersions),
        serial_number=header.text(tags.DeviceSerialNumber),
        patient=(
            header.text(tags.PatientName),
            header.text(tags.PatientID),
            *header.strings(tags.OtherPatientIDs),
        ),
        is_report=CONTENT in header,
    )


def _origin(came: Came) -> str:
    """Return who sent it where, for the quarantine."""
    return f"{came.caller} to {came.store}" if came.caller else came.store

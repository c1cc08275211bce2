"""Which sources of a study come from one piece of equipment.

The equipment is known by its device observer UID where that is trusted, else by manufacturer
and serial number, else by the eight identity fields. A source that says less than others joins
them where there is no doubt: images give no observer UID, some give no serial number, and the
station name may differ between the report and the images of one scanner.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from kerma.records import StudyRecord
from kerma.records.base import Record

Trust = Callable[[StudyRecord], bool]


class Identity(Record, frozen=True):
    """What one source says of its equipment, folded for comparison."""

    observer: str = ""
    maker: str = ""
    serial: str = ""
    model: str = ""
    fields: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Text key of the equipment by what this source alone says.

        Manufacturer and serial number come before the observer's UID, since images give them
        too: the key of a study then stays when its report arrives after its images.
        """
        if self.maker and self.serial:
            return f"serial {self.maker} {self.serial}"
        if self.observer:
            return f"observer {self.observer}"
        digest = hashlib.sha256("\n".join(self.fields).encode()).hexdigest()
        return f"identity {digest[:32]}"


def identity(record: StudyRecord, *, trusted: bool) -> Identity:
    """Return what the record says of its equipment."""
    device, observer = record.device, record.observer
    named = device.device_observer_uid
    maker = device.manufacturer or record.manufacturer
    model = device.model or record.model
    serial = device.serial_number or record.study.device_serial_number
    if observer is not None:
        named = observer.device_observer_uid or named
        maker = maker or observer.device_observer_manufacturer
        model = model or observer.device_observer_model
        serial = serial or observer.device_observer_serial_number
    return Identity(
        observer=named.strip() if trusted else "",
        maker=_first_word(maker),
        serial=_fold(serial),
        model=_fold(model),
        fields=_eight_fields(record),
    )


def _eight_fields(record: StudyRecord) -> tuple[str, ...]:
    device, study = record.device, record.study
    return tuple(
        map(
            _fold,
            (
                device.manufacturer or record.manufacturer,
                device.institution or study.institution,
                device.station_name or study.station_name,
                device.department or study.department,
                device.model or record.model,
                device.serial_number or study.device_serial_number,
                device.software_versions or study.software_versions,
                device.gantry_id or study.gantry_id,
            ),
        )
    )


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _first_word(maker: str) -> str:
    """Return the first word: "SIEMENS" and "Siemens Healthineers" are met on one device."""
    letters = "".join(c if c.isalnum() else " " for c in maker.casefold())
    return next(iter(letters.split()), "")


def partition(identities: Sequence[Identity]) -> list[int]:
    """Return for each source the number of its equipment, from 0 in no particular order.

    The partition depends on the set of identities, not on their order.
    """
    labels: dict[Identity, str] = {}
    by_serial: dict[tuple[str, str], str] = {}
    for one in sorted((i for i in identities if i.observer), key=lambda i: i.observer):
        labels[one] = f"observer {one.observer}"
        if one.maker and one.serial:
            by_serial.setdefault((one.maker, one.serial), labels[one])
    for one in identities:
        if not one.observer and one.maker and one.serial:
            own = f"serial {one.maker} {one.serial}"
            labels[one] = by_serial.get((one.maker, one.serial), own)
    known = dict(labels)
    for one in identities:
        if one not in labels:
            labels[one] = _only_one_like(one, known) or one.key
    numbers: dict[str, int] = defaultdict(lambda: len(numbers))
    return [numbers[labels[one]] for one in identities]


def _only_one_like(one: Identity, known: dict[Identity, str]) -> str:
    """Return the only equipment that `one` does not contradict, "" if there are none or many."""
    like = {
        label
        for other, label in known.items()
        if _agree(one.maker, other.maker) and _agree(one.model, other.model)
    }
    return like.pop() if len(like) == 1 else ""


def _agree(mine: str, other: str) -> bool:
    return not mine or not other or mine == other


def keys_of(identities: Sequence[Identity], equipment: Sequence[int]) -> dict[int, str]:
    """Return number of the equipment -> its text key.

    A key is kept when further sources arrive, unless they say more (a serial number where there
    was none), come earlier in the alphabet (another serial number of the same equipment), or
    another equipment turns out to have the same serial number.
    """
    said: dict[int, set[str]] = defaultdict(set)
    observers: dict[int, set[str]] = defaultdict(set)
    for one, number in zip(identities, equipment, strict=True):
        said[number].add(one.key)
        if one.observer:
            observers[number].add(f"observer {one.observer}")
    uses = Counter(key for keys in said.values() for key in keys)
    return {
        number: preferred({key for key in keys if uses[key] == 1} or observers[number] or keys)
        for number, keys in said.items()
    }


def preferred(keys: Iterable[str]) -> str:
    """Return the key to use of several for one equipment."""
    return min(keys, key=lambda key: (_RANK[key.split(" ")[0]], key))


_RANK = {"serial": 0, "observer": 1, "identity": 2}
"""Which kind of key is preferred."""

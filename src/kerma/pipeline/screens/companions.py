"""Headers of the latest series, one image of each: what may describe a dose screen that follows.

In memory only, and few: enough for an import, where screens and images come together. What comes
by itself is noted encrypted as well, see `kerma.pipeline.screens.gather`.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.dicom.encode import to_file

_MOST = 4000
"""Series; a header is some KiB."""


class Companion(NamedTuple):
    """The header of one image, as a file without pixel data."""

    study_instance_uid: str
    series_instance_uid: str
    data: bytes


class Companions:
    """The first header of each of the latest series."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._fresh: list[Companion] = []

    def add(self, header: DataSet) -> bool:
        """Remember the header of an image, if it is the first of its series; return whether."""
        key = (header.first(tags.StudyInstanceUID), header.first(tags.SeriesInstanceUID))
        if not all(key) or key in self._found:
            return False
        one = Companion(*key, to_file(header))
        self.put(one)
        self._fresh = [*self._fresh[-_MOST:], one]
        return True

    def put(self, one: Companion) -> None:
        """Remember a header that another process has read."""
        self._found.setdefault((one.study_instance_uid, one.series_instance_uid), one.data)
        if len(self._found) > _MOST:
            self._found.popitem(last=False)

    def of(self, study_instance_uid: str) -> Iterator[bytes]:
        """Yield the headers of a study."""
        for (study, _), data in list(self._found.items()):
            if study == study_instance_uid:
                yield data

    def fresh(self) -> list[Companion]:
        """Return what came since this was asked last."""
        found, self._fresh = self._fresh, []
        return found


latest = Companions()
"""Those that this process has seen."""

"""The objects of studies with dose screens, encrypted: one folder a study.

`<SOP Instance UID>.object` is a screen as it came, `<SOP Instance UID>.head` only its header once
the study is stored, `<Series Instance UID>.image` the header of an image of a series, and
`<SOP Instance UID>-<frame>.png` a picture to show.
"""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.dicom.encode import to_file
from kerma.dicom.files import read_bytes
from kerma.dicom.screen_header import is_companion, is_screen
from kerma.errors import KermaError
from kerma.pipeline import aside
from kerma.store import screens
from kerma.store.sealing import seal, unseal


class Stocked(NamedTuple):
    """One screen of a study."""

    header: DataSet
    data: bytes
    """As it came; b"" once only the header is kept."""

    @property
    def sop(self) -> str:
        """SOP Instance UID."""
        return self.header.first(tags.SOPInstanceUID)


def folder_of(study_instance_uid: str) -> Path:
    """Return the folder of a study."""
    return screens.folder() / aside.safe(study_instance_uid)


def take_in(study_instance_uid: str, collected: Path) -> None:
    """Move what was collected of a study into its folder, encrypted.

    A file goes only once what it became is on disk, so that it may be begun again at any time.
    """
    for path in sorted(collected.glob("*.dcm")):
        data = path.read_bytes()
        try:
            header = read_bytes(data).data_set
        except KermaError:
            continue  # it was read when it arrived; the disk has damaged it since
        target = folder_of(study_instance_uid) / _name(header)
        if is_screen(header):
            _seal(data, target)
        elif is_companion(header) and not target.exists():
            _seal(to_file(header), target)
        path.unlink()


def note_image(header: DataSet) -> None:
    """Keep the header of an image, encrypted, in case a screen of its study follows."""
    target = folder_of(header.first(tags.StudyInstanceUID)) / _name(header)
    if not target.exists():
        _seal(to_file(header), target)


def of(study_instance_uid: str) -> list[Stocked]:
    """Return the screens of a study in the order of their numbers."""
    folder = folder_of(study_instance_uid)
    found = {path.stem: Stocked(_header(path), b"") for path in folder.glob("*.head")}
    for path in folder.glob("*.object"):
        data = unseal(path)
        found[path.stem] = Stocked(read_bytes(data).data_set, data)
    return sorted(found.values(), key=_order)


def images(study_instance_uid: str) -> list[DataSet]:
    """Return the headers of images of a study, one of each series."""
    return [_header(path) for path in sorted(folder_of(study_instance_uid).glob("*.image"))]


def object_of(study_instance_uid: str, sop_instance_uid: str) -> str:
    """Return the file of a screen as it came, below the folder of all studies; "" if it is gone."""
    path = folder_of(study_instance_uid) / f"{aside.safe(sop_instance_uid)}.object"
    return str(path.relative_to(screens.folder())) if path.exists() else ""


def reduce(study_instance_uid: str) -> None:
    """Keep of the screens of a stored study only the headers, for later corrections."""
    for path in folder_of(study_instance_uid).glob("*.object"):
        _seal(to_file(_header(path)), path.with_suffix(".head"))
        path.unlink()


def drop(study_instance_uid: str, sops: Iterable[str] | None = None) -> None:
    """Remove screens, or all that is kept of a study."""
    folder = folder_of(study_instance_uid)
    if sops is None:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for sop in sops:
        for suffix in (".object", ".head"):
            (folder / f"{aside.safe(sop)}{suffix}").unlink(missing_ok=True)


def drop_pictures(study_instance_uid: str) -> None:
    """Remove the pictures of a study that the site does not keep."""
    for path in folder_of(study_instance_uid).glob("*.png"):
        path.unlink()


def put_picture(study_instance_uid: str, sop_instance_uid: str, frame: int, png: bytes) -> str:
    """Keep a picture encrypted; return its file below the folder of all studies."""
    path = folder_of(study_instance_uid) / f"{aside.safe(sop_instance_uid)}-{frame}.png"
    _seal(png, path)
    return str(path.relative_to(screens.folder()))


def folders() -> Iterator[Path]:
    """Yield the folders of all studies."""
    if screens.folder().exists():
        yield from screens.folder().iterdir()


def modified_at(folder: Path) -> float:
    """Return when something was last put into a folder, in seconds since 1970."""
    times = [path.stat().st_mtime for path in (folder, *folder.iterdir())]
    return max(times)


def _seal(data: bytes, path: Path) -> None:
    seal(data, path)
    aside.sync_file(path)
    aside.sync_folder(path.parent)


def _header(path: Path) -> DataSet:
    return read_bytes(unseal(path)).data_set


def _name(header: DataSet) -> str:
    if is_companion(header):
        return f"{aside.safe(header.first(tags.SeriesInstanceUID))}.image"
    return f"{aside.safe(header.first(tags.SOPInstanceUID))}.object"


def _order(one: Stocked) -> tuple[int, int, str]:
    series, instance = (
        one.header.integer(tag) or 0 for tag in (tags.SeriesNumber, tags.InstanceNumber)
    )
    return series, instance, one.sop

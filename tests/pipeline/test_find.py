"""What is found below paths: files, folders, zip files, the files a DICOMDIR lists."""

import os
import zipfile

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from kerma.dicom.write import to_bytes
from kerma.errors import NotDicom
from kerma.pipeline.find import Arrival, UnreadablePath, arrivals


def _names(*paths) -> list[str]:
    return [arrival.name for arrival in arrivals(str(path) for path in paths)]


def _directory(*files: list[str]) -> bytes:
    """Return a DICOMDIR that lists `files`, each as its path components."""
    found = Dataset()
    found.SOPClassUID = "1.2.840.10008.1.3.10"
    found.SOPInstanceUID = "1.2.3"
    records = []
    for parts in files:
        record = Dataset()
        record.ReferencedFileID = parts
        records.append(record)
    found.DirectoryRecordSequence = Sequence(records)
    return to_bytes(found)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "b" / "deep").mkdir(parents=True)
    for name in ("z.dcm", "b/2", "b/1", "b/deep/x", ".hidden", "b/.cache"):
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def test_a_folder_is_walked_in_a_stable_order_without_hidden_files(folder):
    found = [name.removeprefix(f"{folder}/") for name in _names(folder)]

    assert found == ["z.dcm", "b/1", "b/2", "b/deep/x"]


def test_members_of_a_zip_file_are_found_and_read(folder):
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("one/a.dcm", b"first")
        archive.writestr("b.dcm", b"second")
        archive.mkdir("empty")

    found = list(arrivals([str(folder / "more.zip")]))

    assert [arrival.member for arrival in found] == ["one/a.dcm", "b.dcm"]
    with found[0].open() as data:
        assert data == b"first"


def test_a_zip_file_that_is_none_is_an_arrival_to_be_refused(tmp_path):
    path = tmp_path / "broken.zip"
    path.write_bytes(b"PK but no more")

    assert _names(path) == [str(path)]


def test_a_dicomdir_gives_the_files_it_lists_whatever_their_case(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "im1").write_bytes(b"x")
    (tmp_path / "unlisted").write_bytes(b"x")
    (tmp_path / "DICOMDIR").write_bytes(_directory(["IMAGES", "IM1"], ["IMAGES", "GONE"]))

    assert _names(tmp_path / "DICOMDIR") == [
        str(tmp_path / "images" / "im1"),
        str(tmp_path / "images" / "GONE"),
    ]


def test_a_dicomdir_met_in_a_folder_is_no_object_of_its_own(tmp_path):
    (tmp_path / "DICOMDIR").write_bytes(_directory())
    (tmp_path / "im1").write_bytes(b"x")

    assert _names(tmp_path) == [str(tmp_path / "im1")]


def test_a_file_that_is_not_there_says_so(tmp_path):
    with (
        pytest.raises(UnreadablePath, match="No such file"),
        Arrival(str(tmp_path / "nothing")).open(),
    ):
        pass


def test_an_empty_file_says_so(tmp_path):
    (tmp_path / "empty").touch()

    with pytest.raises(NotDicom, match="empty"), Arrival(str(tmp_path / "empty")).open():
        pass


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.dcm")

    with pytest.raises(UnreadablePath, match="no file"), Arrival(str(tmp_path / "pipe.dcm")).open():
        pass


def test_a_link_to_nowhere_says_so(tmp_path):
    (tmp_path / "link.dcm").symlink_to(tmp_path / "nowhere")

    with pytest.raises(UnreadablePath, match="No such file"), Arrival(*_names(tmp_path)).open():
        pass

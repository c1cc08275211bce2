"""What is found below paths: files, folders, zip files, the files a DICOMDIR lists."""

import os
import zipfile
from contextlib import suppress

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from kerma.dicom.write import to_bytes
from kerma.errors import NotDicom
from kerma.pipeline.find import Arrival, UnreadablePath, arrivals, readable


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


@pytest.mark.parametrize("name", ["pipe.dcm", "pipe.zip"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)

    with pytest.raises(UnreadablePath, match="no file"), Arrival(*_names(tmp_path)).open():
        pass


def test_a_link_to_nowhere_says_so(tmp_path):
    (tmp_path / "link.dcm").symlink_to(tmp_path / "nowhere")

    with pytest.raises(UnreadablePath, match="No such file"), Arrival(*_names(tmp_path)).open():
        pass


@pytest.fixture
def deep(tmp_path):
    """Return a file that lies 1,100 folders down; pytest could not remove them."""
    top = tmp_path / "top"
    top.mkdir()
    here = os.open(top, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("d", dir_fd=here)
        here, above = os.open("d", os.O_RDONLY, dir_fd=here), here
        os.close(above)
    os.close(os.open("x", os.O_WRONLY | os.O_CREAT, dir_fd=here))
    os.close(here)
    file = f"{top}/{'d/' * 1100}x"
    yield file
    os.unlink(file)  # noqa: PTH108
    (tmp_path / "stop").touch()
    os.removedirs(file.removesuffix("/x"))


def test_a_folder_may_lie_deeper_than_python_calls_itself(tmp_path, deep):
    assert _names(tmp_path) == [deep]


def test_a_folder_that_cannot_be_read_is_refused_and_not_passed_over(tmp_path, monkeypatch):
    (tmp_path / "locked").mkdir()
    (tmp_path / "z").write_bytes(b"x")
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)

    assert _names(tmp_path) == [f"{tmp_path}/z", f"{tmp_path}/locked"]
    with (
        pytest.raises(UnreadablePath, match="folder"),
        Arrival(str(tmp_path / "locked")).open(),
    ):
        pass


def _zip_of_every_method(path) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a/Größe.dcm"), b"first" * 99, zipfile.ZIP_DEFLATED)
        archive.writestr("b.dcm", b"second" * 99, zipfile.ZIP_BZIP2)
        archive.writestr("c.dcm", b"third" * 99, zipfile.ZIP_LZMA)
        archive.writestr("d.dcm", b"fourth" * 99)
    return path.read_bytes()


def test_a_damaged_zip_file_is_refused_whatever_is_damaged(tmp_path):
    """Every byte of it is changed, one after the other."""
    path = tmp_path / "damaged.zip"
    whole = _zip_of_every_method(path)

    for place in range(len(whole)):
        value = (0, 255, whole[place] ^ 8)[place % 3]
        path.write_bytes(whole[:place] + bytes([value]) + whole[place + 1 :])
        for arrival in arrivals([str(path)]):
            with suppress(UnreadablePath), arrival.open() as data:
                assert len(data)


def test_a_zip_file_within_a_zip_file_says_what_to_do(tmp_path):
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.write(__file__, "inner.zip")
    (inner,) = arrivals([str(tmp_path / "outer.zip")])

    with pytest.raises(UnreadablePath, match="unpack"), inner.open():
        pass


def test_the_list_of_members_is_read_once_for_all_of_them(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(50):
            archive.writestr(f"{number}", b"x")
    opened = []
    kept = zipfile.ZipFile
    monkeypatch.setattr(zipfile, "ZipFile", lambda path: opened.append(path) or kept(path))

    for arrival in arrivals([str(tmp_path / "many.zip")]):
        with arrival.open() as data:
            assert data == b"x"

    assert len(opened) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Größe 1.dcm", "Größe 1.dcm"),
        (os.fsdecode(b"caf\xe9.dcm"), r"caf\xe9.dcm"),
        ("two\nlines\x1b[31m", r"two\nlines\x1b[31m"),
    ],
)
def test_a_name_is_shown_on_one_line_of_valid_text(name, shown):
    assert readable(name) == shown


def test_a_member_locked_with_a_password_says_so(tmp_path):
    path = tmp_path / "locked.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.dcm", b"x")
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + flags] |= 1
    path.write_bytes(data)
    (locked,) = arrivals([str(path)])

    with pytest.raises(UnreadablePath, match="password"), locked.open():
        pass

"""Kerma's own copy of an object: identity out, pixel data left, compressed, under its hash.

With it a better extractor can read an object again without asking the PACS.
"""

import os
from pathlib import Path

import zstandard
from django.conf import settings

from kerma.dicom.deidentify import Keeps, without_identity
from kerma.dicom.files import DicomFile, read_bytes
from kerma.errors import KermaError
from kerma.store.packing import compress
from kerma.store.rules import Rules


class CopyGone(KermaError):
    """Kerma's copy of an object is no longer there."""


def copy_to_keep(file: DicomFile, rules: Rules) -> bytes:
    """Return what is kept of an object; to be asked before a quirk repairs it.

    What the site's policy hashes is not in it: the hash is in the database.
    """
    return without_identity(file, _keeps(rules))


def keep(copy: bytes, content_hash: str) -> str:
    """Keep a copy, and return where, below the objects folder; it is whole or not there."""
    relative = f"{content_hash[:2]}/{content_hash[2:]}.dcm.zst"
    _write_whole(f"{_folder()}/{relative}", compress(copy))
    return relative


def kept(relative: str) -> DicomFile:
    """Return the copy of an object.

    Raises
    ------
    CopyGone
        If there is none, or none that can be read.
    """
    if not relative:
        raise CopyGone("No copy of this object was kept.")
    try:
        packed = (_folder() / relative).read_bytes()
    except OSError:
        raise CopyGone("The copy of this object is gone.") from None
    return read_bytes(zstandard.ZstdDecompressor().decompressobj().decompress(packed))


def discard(relative: str) -> None:
    """Remove the copy of an object, if there is one."""
    if relative:
        (_folder() / relative).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.KERMA_HOME) / "objects"


def _keeps(rules: Rules) -> Keeps:
    return Keeps(
        name=rules.name == "store",
        patient_id=rules.patient_id == "store",
        birth_date=rules.birth_date == "store",
        accession_number=rules.accession_number == "store",
    )


def _write_whole(path: str, data: bytes) -> None:
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "wb") as file:  # noqa: PTH123 (a million times)
            file.write(data)
    except FileNotFoundError:
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        Path(temporary).write_bytes(data)
    os.replace(temporary, path)  # noqa: PTH105

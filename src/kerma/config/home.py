"""A path in, the folder with the site's data and its two keys out."""

import os
import secrets
from pathlib import Path
from tempfile import mkstemp

from kerma.config.options import ConfigurationError


def make_home(path: Path) -> Path:
    """Return the folder, made readable by its owner alone if it was not there yet.

    Raises
    ------
    ConfigurationError
        If it cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The folder {path} cannot be made: {error.strerror}. "
            "Set KERMA_HOME to a folder this user can write to."
        ) from error
    return path


def read_key(path: Path) -> str:
    """Return the key in the file, made at random (384 bits) if there is none yet.

    Several processes may start at once on an empty home: all of them get the key of the first.

    Raises
    ------
    ConfigurationError
        If it can neither be read nor made, or is empty.
    """
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The key file {path} cannot be read or made: {error}.") from error
    if not key:
        raise ConfigurationError(f"The key file {path} is empty. Restore it from a backup.")
    return key


def _make_key(path: Path) -> None:
    """Write a key beside its place and link it there, unless another process was quicker."""
    handle, draft = mkstemp(dir=path.parent, prefix=path.name)  # readable by its owner alone
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()

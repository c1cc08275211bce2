"""Text of the specific character sets (PS3.3 C.12.1.1.2, PS3.5 6.1), by pydicom's tables."""

import warnings
from functools import lru_cache

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.valuerep import PN_DELIMS, TEXT_VR_DELIMS

_DEFAULT = "iso8859"
"""pydicom's name for the default repertoire, ISO-IR 6."""
_NOT_AS_DECLARED = "Text is not in the declared character set; read as UTF-8 or Latin-1."


@lru_cache(maxsize=256)
def encodings(declared: bytes) -> tuple[str, ...]:
    """Return the value of Specific Character Set (0008,0005) as Python encodings."""
    terms = [term.strip() for term in declared.decode("ascii", "replace").strip(" \0").split("\\")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return tuple(convert_encodings(terms))
        except (LookupError, ValueError):
            return (_DEFAULT,)


def decode(vr: bytes, value: bytes, declared: tuple[str, ...], notes: list[str]) -> str:
    """Return `value` as text.

    Bytes that the declared set does not have are read as UTF-8 where they are valid UTF-8, else
    as Latin-1, with a note.
    """
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    chosen = list(declared) or [_DEFAULT]
    try:
        if b"\x1b" in value:
            return _with_escapes(vr, value, chosen)
        if chosen[0] != _DEFAULT:
            return value.decode(chosen[0])
    except (ValueError, LookupError):
        pass
    if _NOT_AS_DECLARED not in notes:
        notes.append(_NOT_AS_DECLARED)
    try:
        return value.decode("utf-8")
    except UnicodeError:
        return value.decode("latin-1")


def _with_escapes(vr: bytes, value: bytes, chosen: list[str]) -> str:
    """Decode ISO 2022 code extensions; each component group of a name starts anew."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            if vr != b"PN":
                return decode_bytes(value, chosen, TEXT_VR_DELIMS)
            return "=".join(decode_bytes(part, chosen, PN_DELIMS) for part in value.split(b"="))
        except UserWarning as warning:
            raise LookupError(str(warning)) from None

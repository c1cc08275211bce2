"""Errors a user can act on. Everything else is a bug and should raise as it is."""


class KermaError(Exception):
    """Base of every error we raise on purpose; its text is fit to show to a user."""


class NotDicom(KermaError):
    """The file is not a DICOM object at all."""


class DamagedObject(KermaError):
    """A DICOM object is cut short or breaks the encoding rules of PS3.5."""


class CutShort(DamagedObject):
    """A DICOM object ends before its elements do."""


class UnsupportedObject(KermaError):
    """No source reads this kind of DICOM object."""


class NoDose(UnsupportedObject):
    """An object of a known class carries no dose: an import skips it, `extract` refuses it."""


class ContentError(KermaError):
    """A DICOM object breaks the standard in a way that changes a value."""

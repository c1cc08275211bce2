"""CT dose reports built row by row, for the tests of CT sources."""

from kerma.dicom import write
from kerma.dicom.files import read_bytes
from kerma.dicom.write import code, container, has_concept_mod, has_obs_context, num, text, uidref
from kerma.extract import record_of

CT = ("77477000", "SCT", "Computed Tomography X-Ray")
SPIRAL = ("116152004", "SCT", "Spiral Acquisition")
BODY = ("113691", "DCM", "IEC Body Dosimetry Phantom")
HEAD = ("113690", "DCM", "IEC Head Dosimetry Phantom")
YES, NO = ("373066001", "SCT", "Yes"), ("373067005", "SCT", "No")
METHOD = ("370129005", "SCT", "Measurement Method")


def dcm(value, meaning=""):
    return (value, "DCM", meaning or value)


PARAMETERS = dcm("113822", "CT Acquisition Parameters")
DOSE = dcm("113829", "CT Dose")
SOURCE = dcm("113831", "CT X-Ray Source Parameters")
DLP_TOTAL = dcm("113813", "CT Dose Length Product Total")
PHANTOM = dcm("113835", "CTDIw Phantom Type")


def source(name="A", kvp=120, ma=200):
    return container(
        SOURCE,
        text(dcm("113832"), name),
        num(dcm("113733"), kvp, "kV"),
        num(dcm("113833"), 2 * ma, "mA"),
        num(dcm("113734"), ma, "mA"),
        num(dcm("113834"), 0.5, "s"),
    )


def parameters(*rows):
    return container(
        PARAMETERS,
        num(dcm("113824"), 4.5, "s"),
        num(dcm("113825"), 350, "mm"),
        num(dcm("113826"), 0.6, "mm"),
        num(dcm("113827"), 38.4, "mm"),
        num(dcm("113828"), 0.9, "{ratio}"),
        *rows,
    )


def dose(*rows, ctdivol=8.0, dlp=280.0, unit="mGy.cm"):
    return container(
        DOSE,
        num(dcm("113830"), ctdivol, "mGy"),
        code(PHANTOM, BODY),
        num(dcm("113838"), dlp, unit),
        *rows,
    )


def event(*rows, uid="1.2.3.1", kind=SPIRAL):
    return container(
        dcm("113819", "CT Acquisition"),
        text(dcm("125203"), "Thorax"),
        code(dcm("123014"), ("51185008", "SCT", "Chest")),
        code(dcm("113820"), kind),
        uidref(dcm("113769"), uid),
        *(rows or (parameters(source()), dose())),
    )


def accumulated(*rows):
    return container(dcm("113811"), num(dcm("113812"), 1, "{events}"), *rows)


def report(*rows, procedure=CT, **attributes):
    """Return a report with these rows under the root; by default one event and its total."""
    return write.document(
        container(
            dcm("113701", "X-Ray Radiation Dose Report"),
            has_concept_mod(code(dcm("121058"), procedure)) if procedure else None,
            has_obs_context(code(dcm("113705"), dcm("113014", "Study"))),
            *(rows or (accumulated(num(DLP_TOTAL, 280, "mGy.cm")), event())),
        ),
        **attributes,
    )


def read(ds):
    """Return what Kerma reads in the object, as a file of it would be read."""
    return record_of(read_bytes(write.to_bytes(ds)))

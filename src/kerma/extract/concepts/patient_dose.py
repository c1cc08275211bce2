"""Concepts of the patient radiation dose report (PS3.16 TID 10030–10034), each said once."""

from kerma.dicom.codes import dcm, sct

PATIENT_DOSE_REPORT = dcm("128401")
ESTIMATE = dcm("128402")
ESTIMATE_NAME = dcm("128403")
FINDING_SITE = sct("363698007")
EFFECTIVE_DOSE = dcm("113839")
DOSES = frozenset(
    dcm(value)
    for value in (
        *("128531", "128532", "128533", "128534", "128539"),
        *("128535", "128536", "128537", "128538", "128540"),
        *("128512", "128513", "113518", "113839"),
    )
)
"""Absorbed (CID 10061) and equivalent doses (CID 10062), their general terms (CID 10070), organ
dose and effective dose."""

# TID 10032 Radiation Dose Estimate Representation
REPRESENTATION = dcm("128412")
DISTRIBUTION_REPRESENTATION = dcm("128413")
SKIN_DOSE_MAP = dcm("128485")

# TID 10033 Radiation Dose Estimate Methodology
METHODOLOGY = dcm("128415")
REPORT_USED = dcm("128416")
EVENT_USED = dcm("128429")
MODEL = dcm("128500")
MODEL_TYPE = dcm("128417")
TRANSPORT_MODEL_TYPE = dcm("128420")
METHOD = dcm("128476")
METHOD_TYPE = dcm("128477")
METHOD_REFERENCE = dcm("128482")
ATTENUATOR = dcm("128457")
BREAST_PARAMETERS = frozenset((dcm("128405"), dcm("128407")))
"""Breast thickness and DgN (CID 10069)."""

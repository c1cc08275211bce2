"""Values that every study has, in the order of the sheets."""

from kerma.exports.columns.base import Value

NUMBER_OF_EVENTS = Value("No. events", "number_of_events", "number_of_events", "whole")


def leading(*, physician: bool = False) -> tuple[Value, ...]:
    """Return the values that open every row; fluoroscopy names the physician in its sheets."""
    return (
        Value("Patient name", "patient_name", "patient_name", identity=True),
        Value("Patient ID", "patient_id", "patient_id", identity=True),
        Value("Institution", "institution", "institution"),
        Value("Manufacturer", "manufacturer", "manufacturer"),
        Value("Model name", "model", "model"),
        Value("Station name", "station_name", "station_name"),
        Value("Display name", "display_name", "system__display_name"),
        Value("Accession number", "accession_number", "accession_number"),
        Value("Operator", "operator", "operator"),
        Value("Physician", "physician", "physician", extra=not physician),
        Value("Study date", "study_date", "study_date", "date"),
        Value("Study time", "study_time", "study_time", "time"),
        Value("Date of birth", "birth_date", "birth_date", "date", identity=True),
        Value("Age", "age_years", "age_years", "number"),
        Value("Sex", "sex", "sex"),
        Value("Height (m)", "height_m", "height_m", "number"),
        Value("Mass (kg)", "weight_kg", "weight_kg", "number"),
        Value("Test patient?", "test_patient", "not_patient"),
        Value("Study description", "study_description", "study_description"),
        Value("Standard study name", "standard_name", "standard_name"),
        Value("Requested procedure", "requested_procedure", "requested_procedure"),
        Value("Study Comments", "comment", "comment"),
        NUMBER_OF_EVENTS,
        Value("Procedure", "procedure", "procedure", extra=True),
        Value("Study Instance UID", "study_instance_uid", "study_instance_uid", extra=True),
        Value("Department", "department", "department", extra=True),
        Value("Kind of source", "kinds", "kinds", extra=True),
    )


EVENT_NUMBER = Value("Event", "event", "ordinal", "whole", extra=True)
EVENT_UID = Value("Irradiation event UID", "irradiation_event_uid", "irradiation_event_uid",
                  extra=True)  # fmt: skip
PROTOCOL_PATH = "acquisition_protocol"
STANDARD = Value("Standard acquisition name", "standard_acquisition_name", "standard_name")

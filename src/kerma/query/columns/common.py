"""Values every study has."""

from kerma.query.columns.base import Column

DATE = Column("study_date", "Date", "date_time", kind="date_time", priority=1, json="study_date")
STUDY = Column("study_description", "Study", "study_description", sub="requested_procedure",
               priority=1)  # fmt: skip
SYSTEM = Column("display_name", "System", "system__display_name", sub="model", priority=1)
EVENTS = Column("events", "Events", "number_of_events", kind="whole", priority=1, json="events",
                statistic=True)  # fmt: skip
ACCESSION = Column("accession_number", "Accession", "accession_number", kind="hashable",
                   priority=2)  # fmt: skip
AGE = Column("age", "Age", "age_years", kind="years", priority=2, json="age_years", statistic=True)
WEIGHT = Column("weight", "Mass", "weight_kg", "kg", "number", json="weight_kg", statistic=True)
PHYSICIAN = Column("physician", "Physician", "physician", json="performing_physician")

PATIENT = Column("patient_name", "Patient name", "patient_name", kind="hashable", identity=True,
                 sub="patient_id", priority=2)  # fmt: skip

LEADING = (DATE, STUDY, PATIENT, SYSTEM, ACCESSION, AGE)
"""Columns that open every list."""

OTHERS = (
    Column("patient_id", "Patient ID", "patient_id", kind="hashable", identity=True),
    Column("requested_procedure", "Requested procedure", "requested_procedure"),
    Column("procedure", "Procedure", "procedure", json="performed_procedure_step_description"),
    Column("acquisition_protocol", "Protocols", "acquisition_protocols", kind="lines",
           explanation="Acquisition protocols of the events"),
    Column("standard_name", "Standard name", "standard_name",
           explanation="What the site calls the examination"),
    Column("standard_acquisitions", "Standard acquisitions", "standard_acquisitions",
           kind="lines", explanation="What the site calls the acquisitions"),
    Column("station_name", "Station", "station_name"),
    Column("institution", "Institution", "institution"),
    Column("department", "Department", "department"),
    Column("manufacturer", "Manufacturer", "manufacturer"),
    Column("model", "Model", "model"),
    WEIGHT,
    Column("height", "Height", "height_m", "m", "number", json="height_m"),
    Column("sex", "Sex", "sex"),
    Column("operator", "Operator", "operator"),
    Column("study_id", "Study ID", "study_id"),
    Column("kinds", "Kind", "kinds", kind="lines", explanation="Kinds of its sources in use"),
    Column("test_data", "Test data", "not_patient",
           explanation="Patterns that mark it as no patient's"),
)  # fmt: skip
"""Columns that close every list; listed where chosen."""

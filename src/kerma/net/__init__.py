"""DICOM over the network: receiving into the spool, querying and retrieving, schedules."""

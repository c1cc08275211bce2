"""Background work on what is stored here: one file a job."""

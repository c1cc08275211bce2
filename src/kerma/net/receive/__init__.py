"""Objects sent by other machines in, files of the spool out: the stores that Kerma opens itself."""

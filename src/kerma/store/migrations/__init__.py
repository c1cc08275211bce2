"""Steps from one database layout to the next."""

"""The columns that charts count, kept beside the database and proved fresh at each use."""

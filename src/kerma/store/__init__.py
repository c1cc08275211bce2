"""The database: tables, and the only code that writes studies."""

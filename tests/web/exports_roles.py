"""Who may open these pages: a part of the table of all roles."""

EXPORT = {"export"}

ROLES: dict[str, tuple[str, set[str]]] = {
    "exports": ("/exports/", EXPORT),
    "exports-live": ("/exports/live/", EXPORT),
    "exports-delete": ("POST /exports/delete/", EXPORT),
    "export-new": ("/exports/new/ct/", EXPORT),
    "export-openskin": ("/exports/openskin/{study}/", EXPORT),
    "export-download": ("/exports/1/download/", EXPORT),
    "export-abort": ("POST /exports/1/abort/", EXPORT),
    "export-settings": ("/configuration/exports/", {"admin"}),
    "export-again": ("POST /exports/1/again/", EXPORT),
}
"""Name of the address -> an address, and the groups that may open it."""

"""Who may open these pages: a part of the table of all roles."""

ADMIN = {"admin"}

ROLES: dict[str, tuple[str, set[str]]] = {
    "names": ("/configuration/names/", ADMIN),
    "name-add": ("POST /configuration/names/add/", ADMIN),
    "names-assign": ("POST /configuration/names/assign/", ADMIN),
    "names-apply": ("POST /configuration/names/apply/", ADMIN),
    "names-export": ("/configuration/names/export/", ADMIN),
    "names-import": ("/configuration/names/import/", ADMIN),
    "name": ("/configuration/names/1/", ADMIN),
    "name-rule-add": ("POST /configuration/names/1/rules/", ADMIN),
    "name-rule-delete": ("POST /configuration/names/1/rules/1/delete/", ADMIN),
    "name-delete": ("POST /configuration/names/1/delete/", ADMIN),
}
"""Name of the address -> an address, and the groups that may open it."""

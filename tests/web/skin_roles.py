"""Who may open these pages: a part of the table of all roles."""

BROWSE, ADMIN = {"view", "export"}, {"admin"}

ROLES: dict[str, tuple[str, set[str]]] = {
    "skin": ("/study/{study}/skin/", BROWSE),
    "skin-data": ("/study/{study}/skin/data/", BROWSE),
    "skin-image": ("/study/{study}/skin/image/", BROWSE),
    "skin-make": ("POST /study/{study}/skin/make/", BROWSE),
    "skin-settings": ("/configuration/skin-dose/", ADMIN),
    "skin-again": ("POST /configuration/skin-dose/again/", ADMIN),
    "skin-geometry": ("/configuration/skin-dose/geometry/?manufacturer=A&model=B", ADMIN),
    "skin-geometry-delete": ("POST /configuration/skin-dose/geometry/delete/", ADMIN),
    "skin-calibration": ("POST /configuration/skin-dose/calibration/", ADMIN),
    "skin-calibration-delete": ("POST /configuration/skin-dose/calibration/1/delete/", ADMIN),
}
"""Name of the address -> an address, and the groups that may open it."""

"""Who may open the pages of administrators and of imports: a part of the table of all roles."""

ADMIN = {"admin"}
SIZES = {"import-size", "admin"}
READS = {"view", "export", "admin"}

CONFIGURATION = {
    "upload": ("/upload/", SIZES),
    "study-delete": ("/study/{study}/delete/", ADMIN),
    "quarantine": ("/quarantine/", ADMIN),
    "quarantine-act": ("POST /quarantine/act/", ADMIN),
    "systems": ("/systems/", READS),
    "systems-edit": ("POST /systems/edit/", ADMIN),
    "systems-naming": ("POST /systems/naming/", ADMIN),
    "system-sort": ("POST /systems/1/sort/", ADMIN),
    "device": ("/systems/device/1/ct/", ADMIN),
    "device-delete": ("POST /systems/device/1/ct/delete/", ADMIN),
    "failed-imports": ("/systems/failed/", ADMIN),
    "failed-imports-delete": ("POST /systems/failed/delete/", ADMIN),
    "sizes": ("/sizes/", SIZES),
    "sizes-delete": ("POST /sizes/delete/", ADMIN),
    "size-import": ("/sizes/1/", SIZES),
    "size-import-start": ("POST /sizes/1/start/", SIZES),
    "size-import-step": ("POST /sizes/1/step/", SIZES),
    "size-import-abort": ("POST /sizes/1/abort/", ADMIN),
    "size-import-log": ("/sizes/1/log/", SIZES),
    "size-import-undo": ("POST /sizes/1/undo/", SIZES),
    "configuration": ("/configuration/", ADMIN),
    "privacy": ("/configuration/privacy/", ADMIN),
    "retention": ("/configuration/retention/", ADMIN),
    "retention-apply": ("POST /configuration/retention/apply/", ADMIN),
    "computed-doses": ("/configuration/computed-doses/", ADMIN),
    "computed-doses-again": ("POST /configuration/computed-doses/again/", ADMIN),
    "home-periods": ("/configuration/home/", ADMIN),
    "test-data": ("/configuration/test-data/", ADMIN),
    "pattern": ("POST /configuration/test-data/1/", ADMIN),
    "patterns-historic": ("POST /configuration/test-data/historic/", ADMIN),
    "patterns-apply": ("POST /configuration/test-data/apply/", ADMIN),
    "users": ("/users/", ADMIN),
    "user-add": ("/users/add/", ADMIN),
    "user": ("/users/1/", ADMIN),
    "user-password": ("POST /users/1/password/", ADMIN),
    "audit": ("/audit/", ADMIN),
}
"""Name of the address -> an address, and the groups that may open it."""

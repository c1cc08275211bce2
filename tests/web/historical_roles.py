"""Who may open these pages: a part of the table of all roles."""

_ENTERS = {"import-size", "admin"}

ROLES: dict[str, tuple[str, set[str]]] = {
    "doses": ("/doses/", _ENTERS),
    "doses-import": ("/doses/1/", _ENTERS),
    "doses-choose": ("POST /doses/1/choose/", _ENTERS),
    "doses-start": ("POST /doses/1/start/", _ENTERS),
    "doses-step": ("POST /doses/1/step/", _ENTERS),
    "doses-abort": ("POST /doses/1/abort/", _ENTERS),
    "doses-log": ("/doses/1/log/", _ENTERS),
    "doses-undo": ("/doses/1/undo/", _ENTERS),
    "doses-enter": ("/doses/enter/", _ENTERS),
    "doses-correct": ("/doses/study/1/", _ENTERS),
    "doses-remove": ("POST /doses/study/1/remove/", _ENTERS),
    "estimated-doses": ("/doses/estimated/", _ENTERS),
}
"""Name of the address -> an address, and the groups that may open it."""

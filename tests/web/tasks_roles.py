"""Who may open these pages: a part of the table of all roles."""

ADMIN = {"admin"}
STARTS = {"import-size", "import-qr", "export", "admin"}

ROLES: dict[str, tuple[str, set[str]]] = {
    "tasks": ("/tasks/", ADMIN),
    "tasks-live": ("/tasks/live/", ADMIN),
    "tasks-mine": ("/tasks/mine/", STARTS),
    "task-settings": ("/tasks/settings/", ADMIN),
    "task": ("/tasks/1/", STARTS),
    "task-terminate": ("POST /tasks/1/terminate/", STARTS),
    "task-again": ("POST /tasks/1/again/", STARTS),
}
"""Name of the address -> an address, and the groups that may open it."""

"""Who may open these pages: a part of the table of all roles."""

ROLES: dict[str, tuple[str, set[str]]] = {}
"""Name of the address -> an address, and the groups that may open it."""

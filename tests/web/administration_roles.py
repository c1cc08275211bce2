"""Who may open these pages: a part of the table of all roles."""

ROLES: dict[str, tuple[str, set[str]]] = {
    "health": ("/health/", {"admin"}),
    "audit-download": ("/audit/download/", {"admin"}),
    "audit-keep": ("POST /audit/keep/", {"admin"}),
    "logs": ("/logs/", {"admin"}),
    "logs-choose": ("POST /logs/choose/", {"admin"}),
    "logs-download": ("/logs/download/", {"admin"}),
    "mail": ("/configuration/mail/", {"admin"}),
    "mail-test": ("POST /configuration/mail/test/", {"admin"}),
}
"""Name of the address -> an address, and the groups that may open it."""

OPEN = {"health-live", "health-state", "oidc-begin", "oidc-callback"}
"""For programs: one tells nothing, the other asks for a token. For browsers: ways to log in."""

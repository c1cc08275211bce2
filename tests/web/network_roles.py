"""Who may open these pages: a part of the table of all roles."""

ROLES: dict[str, tuple[str, set[str]]] = {
    "arrivals": ("/arrivals/", {"admin", "import-qr"}),
    "physics": ("/physics/", {"admin"}),
    "physics-zip": ("/physics/1/zip/", {"admin"}),
    "physics-delete": ("POST /physics/delete/", {"admin"}),
    "collected": ("/collected/", {"admin"}),
    "collected-delete": ("POST /collected/delete/", {"admin"}),
    "arrival-rules": ("/configuration/arrival/", {"admin"}),
    "arrival-switches": ("POST /configuration/arrival/switches/", {"admin"}),
    "arrival-lists": ("/configuration/arrival/lists/", {"admin"}),
    "arrival-rule-delete": ("POST /configuration/arrival/1/delete/", {"admin"}),
    "watched": ("/configuration/watched/", {"admin"}),
    "watched-change": ("POST /configuration/watched/1/", {"admin"}),
    "tokens": ("/configuration/tokens/", {"admin"}),
    "token-revoke": ("POST /configuration/tokens/1/revoke/", {"admin"}),
}
"""Name of the address -> an address, and the groups that may open it."""

OPEN = {"stow", "stow-study"}
"""Addresses of programs, which show a token."""

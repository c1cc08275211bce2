"""Who may open these pages: a part of the table of all roles."""

ADMIN = {"admin"}
BROWSE = {"view", "export"}

ROLES: dict[str, tuple[str, set[str]]] = {
    "levels": ("/levels/", BROWSE),
    "level-take-over": ("POST /levels/take-over/", ADMIN),
    "level-report": ("POST /levels/report/", {"export"}),
    "level-links": ("/configuration/levels/", ADMIN),
    "level-links-keep": ("POST /configuration/levels/links/", ADMIN),
    "level-own-keep": ("POST /configuration/levels/own/", ADMIN),
    "level-own-drop": ("POST /configuration/levels/own/1/delete/", ADMIN),
}
"""Name of the address -> an address, and the groups that may open it."""

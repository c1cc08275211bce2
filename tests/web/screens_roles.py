"""Who may open these pages: a part of the table of all roles."""

TEACHERS = {"import-size", "admin"}

ROLES: dict[str, tuple[str, set[str]]] = {
    "screens": ("/screens/", TEACHERS),
    "screen-picture": ("/screens/picture/1/", {"view", "export", *TEACHERS}),
    "screen-trainer": ("/screens/letters/?manufacturer=A&model=B", TEACHERS),
    "screen-teach": ("POST /screens/letters/teach/", TEACHERS),
    "screen-adopt": ("POST /screens/letters/adopt/", TEACHERS),
    "screen-review": ("/screens/1/", TEACHERS),
    "screen-check": ("POST /screens/1/check/", TEACHERS),
    "screen-decide": ("POST /screens/1/decide/", TEACHERS),
    "glyph-sets": ("/screens/glyphs/", TEACHERS),
    "glyph-set-import": ("POST /screens/glyphs/import/", TEACHERS),
    "glyph-set": ("/screens/glyphs/1/", TEACHERS),
    "glyph-set-change": ("POST /screens/glyphs/1/change/", TEACHERS),
    "glyph-set-export": ("/screens/glyphs/1/export/", TEACHERS),
}
"""Name of the address -> an address, and the groups that may open it."""

"""The pages: one module of short function views per part of the menu."""

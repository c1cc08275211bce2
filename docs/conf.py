"""Configuration of Sphinx."""

from importlib.metadata import version as version_of

project = "Kerma"
author = copyright = "the contributors of Kerma"
version = release = version_of("kerma")

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "Kerma"
html_copy_source = False

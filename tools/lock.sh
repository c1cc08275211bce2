#!/usr/bin/env bash
# Renews requirements.txt and requirements-dev.txt from pyproject.toml, with hashes of every file.
# `tools/lock.sh --upgrade` takes the newest version of everything.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/install.sh requirements-dev.txt
compile=("${VENV:-.venv}/bin/uv" pip compile --quiet --generate-hashes --no-header --no-annotate
  --no-emit-index-url --no-emit-find-links --python-version 3.11 pyproject.toml)
"${compile[@]}" "$@" --extra build --output-file requirements.txt
"${compile[@]}" "$@" --extra build --extra dev --constraints requirements.txt \
  --output-file requirements-dev.txt

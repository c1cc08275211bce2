#!/usr/bin/env bash
# Installs a list of locked requirements and Kerma itself: tools/install.sh requirements.txt
# Does nothing when that was done before and nothing changed since.
set -euo pipefail
cd "$(dirname "$0")/.."
requirements=$1
venv=${VENV:-.venv}
python=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  say "Kerma needs Python 3.11 or newer as $python. Say PYTHON=... to name another."
  exit 1
fi
if [ ! -x "$venv/bin/python" ]; then
  say "Making the Python environment $venv"
  "$python" -m venv "$venv" || {
    say "Python cannot make environments. On Debian: apt-get install python3-venv"
    exit 1
  }
fi

wanted=$(cat "$requirements" pyproject.toml | sha256sum)
stamp="$venv/installed-$requirements"
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
  exit 0
fi
say "Installing the packages of $requirements"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
"$venv/bin/python" -m pip install --quiet --require-hashes --only-binary :all: -r "$requirements"
"$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
printf '%s' "$wanted" > "$stamp"

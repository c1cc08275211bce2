#!/usr/bin/env bash
# Everything a change must pass: installs what is missing, checks, builds the docs, runs the tests.
# Ends with the time each stage took and pytest's summary line; status 1 if any stage failed.
set -euo pipefail
cd "$(dirname "$0")/.."
export VENV=${VENV:-.venv}

say() { printf '%s\n' "$*"; }

scratch=$(mktemp -d)
times=""
failed=""
. tools/servers.sh
trap 'stop_postgres || true; rm -rf "$scratch"' EXIT

export KERMA_HOME=$scratch/home
mkdir -m 0700 "$KERMA_HOME" "$scratch/tmp"
unset KERMA_DATABASE_URL KERMA_TEST_POSTGRES_URL

# stage NAME COMMAND...: runs the command, notes its time, and whether it failed.
stage() {
  local name=$1 start=$SECONDS result=passed
  shift
  say "== $name"
  "$@" || { result=FAILED; failed=1; }
  times+=$(printf '%6d s  %-6s  %s' $((SECONDS - start)) "$result" "$name")$'\n'
}

python() { "$VENV/bin/python" "$@"; }

on_postgres() {
  if [ -z "${KERMA_TEST_POSTGRES_URL:-}" ]; then
    say "There is no PostgreSQL on this machine: these tests are skipped."
    return 0
  fi
  TMPDIR=$scratch/tmp KERMA_DATABASE_URL=$KERMA_TEST_POSTGRES_URL python -m pytest -n 2 -q -m both_databases
}

on_sqlite() {
  TMPDIR=$scratch/tmp python -m pytest -n 2 -q | tee "$scratch/pytest.out"
}

stage "Debian packages" install_packages
[ -z "$failed" ] || exit 1
stage "Python packages" tools/install.sh requirements-dev.txt
[ -z "$failed" ] || exit 1
stage "PostgreSQL" start_postgres
stage "ruff check" python -m ruff check .
stage "ruff format" python -m ruff format --check .
stage "mypy" python -m mypy
stage "layers" "$VENV/bin/lint-imports" --no-logo
stage "migrations" "$VENV/bin/kerma" makemigrations --check --dry-run
stage "documentation" python -m sphinx -W --keep-going -q -b html docs "$scratch/docs"
stage "tests on PostgreSQL" on_postgres
stage "tests on SQLite" on_sqlite

say "== Time spent"
printf '%s' "$times"
[ -z "$failed" ] || say "Some stages failed; see above."
tail -n 1 "$scratch/pytest.out" 2> /dev/null || true
[ -z "$failed" ]

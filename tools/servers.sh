# Sourced by tools/test.sh: the servers and programs that the tests use, and a private PostgreSQL.

# Packages of Debian that are missing, by a file that each brings. Where systemd runs, that of
# Orthanc starts a service of its own, which does not disturb ours.
missing_packages() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || echo postgresql
  command -v chromium > /dev/null || echo chromium
  compgen -G '/usr/lib/*/libatomic.so.1' > /dev/null || echo libatomic1
  command -v dcmdump > /dev/null || echo dcmtk
  command -v jq > /dev/null || echo jq
  [ -x /usr/sbin/Orthanc ] || echo orthanc
  [ -e /usr/share/orthanc/plugins/libOrthancDicomWeb.so ] || echo orthanc-dicomweb
}

install_packages() {
  local packages as_root=()
  mapfile -t packages < <(missing_packages)
  [ ${#packages[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo > /dev/null && { sudo -n true 2> /dev/null || [ -t 0 ]; }; then
      as_root=(sudo)
    else
      say "Missing: ${packages[*]}. Without them, the tests that need them are skipped."
      say "To have them, run as root: apt-get install ${packages[*]}"
      [ -z "${CI:-}" ]
      return
    fi
  fi
  say "Installing with apt-get: ${packages[*]}"
  "${as_root[@]}" apt-get update -qq < /dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${packages[@]}" < /dev/null > /dev/null
}

# Runs PostgreSQL's programs as the user postgres if we are root, which they refuse to be.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
  else
    "$@"
  fi
}

# Starts a server of our own on a free port of this machine, its data in $scratch.
start_postgres() {
  local bin port user=postgres
  bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
  [ -n "$bin" ] || return 0
  [ "$(id -u)" -eq 0 ] || user=$(id -un)
  postgres_data=$scratch/postgres
  mkdir -m 0700 "$postgres_data"
  if [ "$(id -u)" -eq 0 ]; then
    chmod 0711 "$scratch"
    chown postgres:postgres "$postgres_data"
  fi
  port=$("$VENV/bin/python" -c '
import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])')
  pg_ctl=$bin/pg_ctl
  (
    cd "$postgres_data"
    as_postgres "$bin/initdb" -D "$postgres_data/db" -A trust -U postgres --locale=C.UTF-8 -E UTF8
    as_postgres "$pg_ctl" -D "$postgres_data/db" -w -l "$postgres_data/log" -o "-p $port \
      -c listen_addresses=127.0.0.1 -c unix_socket_directories=$postgres_data \
      -c fsync=off -c synchronous_commit=off -c full_page_writes=off" start
  ) > "$scratch/postgres.out" 2>&1 || { cat "$scratch/postgres.out"; return 1; }
  export KERMA_TEST_POSTGRES_URL="postgresql://postgres@127.0.0.1:$port/postgres"
}

stop_postgres() {
  [ -n "${KERMA_TEST_POSTGRES_URL:-}" ] || return 0
  (cd "$postgres_data" && as_postgres "$pg_ctl" -D "$postgres_data/db" -m immediate stop) > /dev/null
}

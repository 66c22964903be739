#!/usr/bin/env bash
# A private PostgreSQL server for tests: its own cluster in a temporary directory, on a free loopback port,
# as an unprivileged user, and fast rather than durable. It never touches a server that is already there.
#
#   scripts/private-postgres.sh run <command…>   start, export DATABASE_URL, run, always stop and remove
#   scripts/private-postgres.sh start            start and print DATABASE_URL and the directory
#   scripts/private-postgres.sh stop <directory> stop and remove what `start` printed
set -euo pipefail

readonly DATABASE=huikuan_test

fail() {
  echo "private-postgres: $*" >&2
  exit 1
}

find_binaries() {
  local dir newest=''
  for dir in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin; do
    if [[ -x $dir/initdb && -x $dir/pg_ctl ]]; then newest=$dir; fi
  done
  if [[ -z $newest ]] && command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
    newest=$(dirname "$(command -v initdb)")
  fi
  echo "$newest"
}

ensure_binaries() {
  BIN=$(find_binaries)
  if [[ -n $BIN ]]; then return; fi
  if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    fail 'PostgreSQL is not installed. Install it (Debian: sudo apt-get install postgresql) and try again.'
  fi
  {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql
  } >&2
  BIN=$(find_binaries)
  if [[ -z $BIN ]]; then fail 'PostgreSQL was installed but its initdb was not found.'; fi
}

# PostgreSQL refuses to run as root.
as_owner() {
  if [[ $(id -u) == 0 ]]; then
    runuser -u "$OWNER" -- "$@"
  else
    "$@"
  fi
}

choose_owner() {
  if [[ $(id -u) != 0 ]]; then
    OWNER=$(id -un)
  elif id postgres >/dev/null 2>&1; then
    OWNER=postgres
  else
    OWNER=nobody
  fi
}

free_port() {
  node -e "const s=require('node:net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})"
}

start() {
  ensure_binaries
  choose_owner
  DIR=$(mktemp -d "${TMPDIR:-/tmp}/huikuan-postgres-XXXXXX")
  if [[ $(id -u) == 0 ]]; then chown "$OWNER" "$DIR"; fi
  as_owner "$BIN/initdb" -D "$DIR/data" -U huikuan -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$DIR/initdb.log" 2>&1 ||
    { cat "$DIR/initdb.log" >&2 && fail 'initdb failed.'; }
  # Another process may take the port between finding and using it.
  local attempt port
  for attempt in 1 2 3; do
    port=$(free_port)
    if as_owner "$BIN/pg_ctl" -D "$DIR/data" -l "$DIR/data/server.log" -w -t 30 -o \
      "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='' -c fsync=off \
       -c synchronous_commit=off -c full_page_writes=off -c max_connections=100" start >/dev/null; then
      URL="postgresql://huikuan@127.0.0.1:$port/$DATABASE"
      as_owner "$BIN/createdb" -h 127.0.0.1 -p "$port" -U huikuan "$DATABASE"
      return
    fi
  done
  cat "$DIR/data/server.log" >&2
  fail 'the server did not start.'
}

# pg_ctl must run as the directory's owner, whoever started the server.
stop() {
  BIN=$(find_binaries)
  if [[ -f $DIR/data/postmaster.pid ]]; then
    OWNER=$(stat -c %U "$DIR/data" 2>/dev/null || stat -f %Su "$DIR/data")
    as_owner "$BIN/pg_ctl" -D "$DIR/data" -m immediate -w stop >/dev/null
  fi
  rm -rf "$DIR"
}

case ${1-} in
  run)
    shift
    if [[ $# == 0 ]]; then fail 'run needs a command.'; fi
    DIR=''
    trap 'if [[ -n $DIR && -d $DIR ]]; then stop; fi' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    start
    DATABASE_URL=$URL "$@"
    ;;
  start)
    start
    echo "DATABASE_URL=$URL"
    echo "directory=$DIR"
    ;;
  stop)
    DIR=${2-}
    case $DIR in
      */huikuan-postgres-*) if [[ -d $DIR ]]; then stop; else fail "$DIR does not exist."; fi ;;
      *) fail 'stop needs the directory that start printed.' ;;
    esac
    ;;
  *) sed -n '2,8s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac

# POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, PGDATA and /docker-entrypoint-initdb.d, as in the official image.
set -euo pipefail
export POSTGRES_USER=${POSTGRES_USER:-postgres}
if [ "${1:0:1}" = "-" ]; then set -- postgres "$@"; fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "${POSTGRES_PASSWORD:?must be set}"
  mkdir -p "$PGDATA"
  initdb -D "$PGDATA" --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") --encoding=UTF8 \
    --auth-local=trust --auth-host=scram-sha-256 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C
  printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  # Over its socket only, until the scripts have run.
  pg_ctl -D "$PGDATA" -w -o "-c listen_addresses='' -c unix_socket_directories=/var/run/postgresql" start
  psql="psql -v ON_ERROR_STOP=1 -h /var/run/postgresql -U $POSTGRES_USER --no-psqlrc"
  if [ "${POSTGRES_DB:=$POSTGRES_USER}" != postgres ]; then
    $psql -d postgres -c "create database \"$POSTGRES_DB\""
  fi
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) bash "$file" ;;
      *.sql) $psql -d "$POSTGRES_DB" -f "$file" ;;
    esac
  done
  pg_ctl -D "$PGDATA" -m fast -w stop
fi
exec "$@" -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql

#!/usr/bin/env bash
# Dumps every service's database into a new folder, while the system runs. Each dump is consistent in itself;
# between two databases a dump may be apart by seconds, which the log closes again after a restore.
#   deploy/postgres/backup.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:?usage: deploy/postgres/backup.sh FOLDER}
read -r -a compose <<<"${COMPOSE:-docker compose}"
databases=(signal-ingestion health-scoring renewal-forecasting playbook-orchestration notifications gateway)

umask 077
mkdir "$folder"
for database in "${databases[@]}"; do
  "${compose[@]}" exec -T postgres pg_dump -U postgres --format=custom "$database" >"$folder/$database.dump"
  echo "$folder/$database.dump $(wc -c <"$folder/$database.dump") bytes"
done

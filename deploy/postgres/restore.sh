#!/usr/bin/env bash
# Puts the databases of a backup in the place of those that are there. Stops the services for it and leaves them
# stopped. Raises every service's epoch: versions of events published from now on lie above all that were
# published before, also above those that the restored database does not remember.
#   deploy/postgres/restore.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:?usage: deploy/postgres/restore.sh FOLDER}
read -r -a compose <<<"${COMPOSE:-docker compose}"
databases=(signal-ingestion health-scoring renewal-forecasting playbook-orchestration notifications gateway)

for database in "${databases[@]}"; do [ -s "$folder/$database.dump" ] || { echo "$folder/$database.dump is missing" >&2; exit 1; }; done
"${compose[@]}" stop "${databases[@]}"
for database in "${databases[@]}"; do
  "${compose[@]}" exec -T postgres psql -q -U postgres -v ON_ERROR_STOP=1 \
    -c "DROP DATABASE IF EXISTS \"$database\" WITH (FORCE)" -c "CREATE DATABASE \"$database\" OWNER \"$database\"" -c "REVOKE ALL ON DATABASE \"$database\" FROM PUBLIC"
  "${compose[@]}" exec -T postgres pg_restore -U postgres --exit-on-error --single-transaction -d "$database" <"$folder/$database.dump"
  epoch=$("${compose[@]}" exec -T postgres psql -q -tA -U postgres -v ON_ERROR_STOP=1 -d "$database" -c 'UPDATE messaging_epoch SET epoch = epoch + 1 RETURNING epoch')
  echo "$database restored, epoch $epoch"
done
echo "start them with: ${compose[*]} up -d --wait"

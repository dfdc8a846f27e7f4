#!/usr/bin/env bash
# The walk-through: prints each command before it runs it. Needs a running fleet ("koinon up"), kubectl, dig and curl.
set -euo pipefail
cd "$(dirname "$0")/.."

FEDERATION=${FEDERATION:-federation-cluster}
MEMBERS=${MEMBERS:-"gce-asia-east1 gce-europe-west1 gce-us-central1 gce-us-east1"}
DNS_HOST=${DNS_HOST:-127.0.0.1}
DNS_PORT=${DNS_PORT:-10053}
NAME=nginx.mynamespace.myfederation.svc
ZONE=example.com

run() {
  printf '\n$ %s\n' "$*"
  "$@"
}

ask() { run dig +short "@$DNS_HOST" -p "$DNS_PORT" "$1"; }

# Repeats a question until the number of lines of its answer is the wanted one.
until_lines() {
  local wanted=$1 name=$2 deadline=$((SECONDS + 30))
  while [ "$(dig +short "@$DNS_HOST" -p "$DNS_PORT" "$name" | wc -l)" -ne "$wanted" ]; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      echo "after 30 s the answer for $name still has not $wanted lines" >&2
      exit 1
    fi
    sleep 0.1
  done
  ask "$name"
}

run kubectl --context="$FEDERATION" get clusters
run kubectl --context="$FEDERATION" create -f examples/nginx-service.yaml

first=${MEMBERS%% *}
run kubectl --context="$first" wait --for=create --timeout=30s service/nginx
run kubectl --context="$first" get svc nginx
run kubectl --context="$FEDERATION" wait --for=jsonpath='{.status.loadBalancer.ingress[3].ip}' --timeout=30s service/nginx
run kubectl --context="$FEDERATION" describe services nginx

echo; echo "# No shard is healthy yet, so there is no answer:"
ask "$NAME.$ZONE"

for member in $MEMBERS; do
  run kubectl --context="$member" create deployment nginx --image=nginx:1.11.1-alpine --port=80
done

echo; echo "# Four healthy shards:"
until_lines 4 "$NAME.$ZONE"
ask "$NAME.us-central1.$ZONE"
ask "$NAME.us-central1-b.us-central1.$ZONE"
address=$(dig +short "@$DNS_HOST" -p "$DNS_PORT" "$NAME.us-central1.$ZONE" | tail -n 1)
# Where ports below 1024 need a right that the fleet has not, 80 is at 10080.
curl -s -o /dev/null --max-time 10 "http://$address/" || address=$address:10080
run curl -s --max-time 10 "http://$address/"

echo; echo "# Without pods in Europe its name leads to the shards of the other regions:"
run kubectl --context=gce-europe-west1 scale deployment nginx --replicas=0
until_lines 4 "$NAME.europe-west1.$ZONE"
run kubectl --context=gce-europe-west1 scale deployment nginx --replicas=1
until_lines 1 "$NAME.europe-west1.$ZONE"

echo; echo "# Inside a member the short name is the local shard:"
dns_of_member=$(kubectl --context="$first" get svc kube-dns -n kube-system -o jsonpath='{.spec.clusterIP}')
run dig +short "@$dns_of_member" nginx.mynamespace.myfederation

echo; echo "# Clean up:"
run kubectl --context="$FEDERATION" delete service nginx
for member in $MEMBERS; do
  run kubectl --context="$member" delete deployment nginx
done

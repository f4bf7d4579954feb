#!/usr/bin/env bash
# `sluice run sender` against wrk, in turns, on one nginx that answers at once: equal connections, requests of equal
# length. Actions come from the broker in KAFKA_BOOTSTRAP_SERVERS or else the tests' stand-in. Prints a JSON document;
# what goes on goes to standard error.
#
# ACTIONS=… STORES=… ROUNDS=… CONNECTIONS=… SECONDS_OF_WRK=… PARTITIONS=… MODES="…" for other sizes, REPLICATION=… on a
# cluster, BROKER_NAME=… for the document. SLUICE_BINARY=… measures another build.
set -euo pipefail
# shellcheck source=Benchmarks/ground.sh
source "$(dirname "${BASH_SOURCE[0]}")/../ground.sh"

actions=${ACTIONS:-100000}
stores=${STORES:-1000}
rounds=${ROUNDS:-5}
connections=${CONNECTIONS:-256}
seconds=${SECONDS_OF_WRK:-5}
modes=${MODES:-"exactly-once at-least-once"}

need nginx nginx-light && need wrk wrk
begin
export SLUICE_SENDER_ALLOWED_NETWORKS=127.0.0.0/8
export SLUICE_SENDER_CONCURRENCY=$connections SLUICE_SENDER_ENDPOINT_CONCURRENCY=$connections

port=$(free_port)
sed -e "s|WORK|$work|" -e "s|PORT|$port|" "$root/Benchmarks/sender/nginx.conf" >"$work/nginx.conf"
start "$work/nginx.log" nginx -p "$work" -e "$work/nginx-error.log" -c "$work/nginx.conf"
answers "$port"

# point PATH: where the workflow's actions go from now on.
point() {
    manifest "http://127.0.0.1:$port$1" "$stores" >"$work/manifest.yaml"
    "$sluice" apply -f "$work/manifest.yaml" >"$work/apply.log"
}

# client MODE NAME COUNT PROGRAM…: one measured run of a program that sends COUNT requests, or, where that is 0, until it
# ends; prints its figures.
client() {
    local mode=$1 name=$2 count=$3 base figures
    shift 3
    base=$(python3 "$root/Benchmarks/sender/requests.py" count "$port")
    # The question for the base was a request, too.
    base=$((base + 1))
    start "$work/$name.log" "$@"
    figures=$("${ahead[@]}" python3 "$root/Benchmarks/sender/requests.py" measure "$port" "$pid" "$base" "$count")
    stop "$pid"
    say "  $mode, $name: $figures"
    echo "{\"mode\": \"$mode\", \"rival\": \"$name\", $figures}"
}

# sender MODE NAME LEVEL: `sluice run sender`, from the first action on.
sender() {
    "$work/cluster" forget "$servers" "$prefix.sender" "${properties[@]}"
    client "$1" "$2" "$actions" "$sluice" run sender --connectors slack --delivery "$1" --log-level "$3"
}

fill "$actions" "$stores" "http://127.0.0.1:$port/measured"
say "matching them"
rival at-least-once matcher "$prefix.matcher" "$prefix.triggers.okendo" \
    "$sluice" run matcher --connectors okendo --delivery at-least-once >"$work/matched.log"
[ "$(count "$prefix.actions.slack")" -eq "$actions" ] || fail "there is not one action for each event"

say "measuring the length of requests"
sender at-least-once measured notice >"$work/measured.log"
[ "$(wc -l <"$work/lengths.log")" -eq "$actions" ] || fail "there is not one request for each action"
bytes=$(awk '{ sum += $1 + $2 } END { printf "%d", sum / NR }' "$work/lengths.log")
point /app

for mode in $modes; do
    for round in $(seq 0 "$rounds"); do
        say "$mode, round $round of $rounds$([ "$round" -ne 0 ] || echo ' (warm-up)')"
        client "$mode" wrk 0 wrk -t1 -c"$connections" -d"${seconds}s" -s "$root/Benchmarks/sender/post.lua" \
            "http://127.0.0.1:$port/app" -- "$bytes"
        sender "$mode" sluice notice
        # What its log costs: one line for each attempt.
        sender "$mode" sluice-logging info
    done
done >"$work/rounds.jsonl"

if grep -E "Non-2xx|Socket errors" "$work/wrk.log" >&2; then fail "wrk met errors"; fi

python3 "$root/Benchmarks/rounds.py" "sender against wrk on one nginx" \
    actions="$actions" stores="$stores" partitions="$partitions" connections="$connections" request_bytes="$bytes" \
    broker="$broker_name" nginx="$(nginx -v 2>&1)" wrk="$(wrk -v 2>&1 | head -n 1)" \
    sluice="$("$sluice" version 2>/dev/null | head -n 1)" <"$work/rounds.jsonl"

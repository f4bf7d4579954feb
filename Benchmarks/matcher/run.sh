#!/usr/bin/env bash
# `sluice run matcher` against a C loop on librdkafka that copies the same records, in turns, on the broker in
# KAFKA_BOOTSTRAP_SERVERS or else the tests' stand-in. Prints a JSON document; what goes on goes to standard error.
#
# EVENTS=… STORES=… ROUNDS=… PARTITIONS=… MODES="…" for other sizes, REPLICATION=… on a cluster, BROKER_NAME=… for the
# document. SLUICE_BINARY=… measures another build.
set -euo pipefail
# shellcheck source=Benchmarks/ground.sh
source "$(dirname "${BASH_SOURCE[0]}")/../ground.sh"

events=${EVENTS:-300000}
stores=${STORES:-1000}
rounds=${ROUNDS:-5}
modes=${MODES:-"exactly-once at-least-once"}
# The matcher commits 5,000 records at once, at most, and makes two of each event here: the action, and the report.
batch=2500

begin
compile "$root/Benchmarks/matcher/copy.c" "$work/copy"
fill "$events" "$stores" http://127.0.0.1:9/

triggers=$prefix.triggers.okendo
# An action topic that nobody else uses: created with the settings of the matcher's own target.
target=$prefix.actions.trello

# copies MODE TIMES: the copy loop, each record written that often.
copies() {
    local name=copy
    [ "$2" -eq 1 ] || name=copy-twice
    rival "$1" "$name" "$prefix.copy" "$triggers" \
        "$work/copy" "$servers" "$prefix.copy" "$triggers" "$target" "$1" "$batch" "$2" "${properties[@]}"
}

runs=0
for mode in $modes; do
    for round in $(seq 0 "$rounds"); do
        say "$mode, round $round of $rounds$([ "$round" -ne 0 ] || echo ' (warm-up)')"
        copies "$mode" 1
        rival "$mode" sluice "$prefix.matcher" "$triggers" \
            "$sluice" run matcher --connectors okendo --delivery "$mode"
        copies "$mode" 2
        runs=$((runs + 1))
    done
done >"$work/rounds.jsonl"

# Whoever dropped records would be fast.
[ "$(count "$prefix.actions.slack")" -eq $((events * runs)) ] || fail "the matcher's actions are not one for each event"
[ "$(count "$target")" -eq $((events * runs * 3)) ] || fail "the copies are not those of each event"

python3 "$root/Benchmarks/rounds.py" "matcher against a C copy loop" \
    events="$events" stores="$stores" partitions="$partitions" batch="$batch" broker="$broker_name" cflags="$cflags" \
    sluice="$("$sluice" version 2>/dev/null | head -n 1)" <"$work/rounds.jsonl"

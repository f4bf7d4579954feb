#!/usr/bin/env bash
# A million waiting runs: the index alone, then a real sender on the broker in KAFKA_BOOTSTRAP_SERVERS.
#
# Prints a line of JSON per measurement. COUNT=… for another number of runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

build="swift build --scratch-path .build-release -c release --quiet"
SLUICE_BENCHMARKS=1 $build --product waiting-set
$build --product sluice

program=.build-release/release/waiting-set
for reason in retry held crowded; do
    "$program" index --count "${COUNT:-1000000}" --reason "$reason"
done
if [ -z "${KAFKA_BOOTSTRAP_SERVERS:-}" ]; then
    echo "no broker: set KAFKA_BOOTSTRAP_SERVERS to measure a sender, too" >&2
    exit 0
fi
# Payloads at hand within the default limit, then none at hand: each due run is read again.
for bytes in 16777216 0; do
    "$program" broker --bootstrap-servers "$KAFKA_BOOTSTRAP_SERVERS" --count "${COUNT:-1000000}" --waiting-bytes "$bytes"
done

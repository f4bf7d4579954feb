# shellcheck shell=bash
# What the benchmarks stand on: a folder, a broker, processes that end with the script. To be sourced.
#
# Sets: work (a folder of its own), servers, prefix, properties (name=value of librdkafka). Every process is started by
# `start` and ended by its id.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sluice=${SLUICE_BINARY:-$root/.build-release/release/sluice}
cflags="-O2 -Wall -Wextra -Werror"
partitions=${PARTITIONS:-12}
prefix=bench-$$
properties=()
running=()
servers=

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

say() { echo "$*" >&2; }

# need PROGRAM PACKAGE
need() { command -v "$1" >/dev/null || fail "$1 is needed (Debian: apt-get install $2)"; }

# A session of its own that goes before other work, where the machine allows it: the scheduler shares cores between
# sessions first, so that a compiler in another one would halve a rival.
# shellcheck disable=SC2016 # the other shell expands it
ahead=(setsid bash -c '{ echo -20 >/proc/self/autogroup; } 2>/dev/null || true; exec "$@"' ahead)

# start LOG PROGRAM…: sets pid.
start() {
    local log=$1
    shift
    "${ahead[@]}" "$@" >>"$log" 2>&1 &
    pid=$!
    running+=("$pid")
}

# stop PID: in order; after 30 s hard.
stop() {
    kill -TERM "$1" 2>/dev/null || true
    for _ in $(seq 300); do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
    local others=() other
    for other in "${running[@]}"; do [ "$other" = "$1" ] || others+=("$other"); done
    running=("${others[@]}")
}

leave() {
    local status=$? id
    trap - EXIT
    [ $status -eq 0 ] || tail -n 5 "$work"/*.log >&2 2>/dev/null || true
    # The last that was started ends first; the broker ends last.
    for ((id = ${#running[@]} - 1; id >= 0; id--)); do
        [ "${running[id]}" = "${broker:-}" ] || stop "${running[id]}"
    done
    [ -z "$servers" ] || "$work/cluster" remove "$servers" "$prefix." "${properties[@]}" || true
    [ -z "${broker:-}" ] || stop "$broker"
    rm -rf "$work"
    exit $status
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# answers PORT: waits until somebody listens there.
answers() {
    for _ in $(seq 100); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
        sleep 0.1
    done
    fail "nothing listens on port $1"
}

compile() { # SOURCE PROGRAM; the flags are several words
    # shellcheck disable=SC2046,SC2086
    cc $cflags -o "$2" "$1" $(pkg-config --cflags --libs rdkafka)
}

# Makes the folder, the tools and the settings that all programs share, and finds or starts a broker.
begin() {
    need cc gcc && need pkg-config pkg-config && need python3 python3
    [ -x "$sluice" ] || fail "there is no $sluice; build it with: make release"
    work=$(mktemp -d)
    trap leave EXIT
    trap 'exit 1' INT TERM
    compile "$root/Benchmarks/cluster.c" "$work/cluster"
    if [ -n "${KAFKA_BOOTSTRAP_SERVERS:-}" ]; then
        servers=$KAFKA_BOOTSTRAP_SERVERS
        broker_name=${BROKER_NAME:-"the cluster in KAFKA_BOOTSTRAP_SERVERS"}
    else
        start_stand_in
    fi
    SLUICE_SECRETS_KEYS=$("$sluice" secrets generate-key)
    export SLUICE_SECRETS_KEYS KAFKA_BOOTSTRAP_SERVERS=$servers SLUICE_PREFIX=$prefix
    export BENCHMARK_SECRET=$SLUICE_SECRETS_KEYS SLUICE_LOG_LEVEL=notice
}

start_stand_in() {
    local program=$root/.brokers/noida-db port
    [ -x "$program" ] || fail "no broker: set KAFKA_BOOTSTRAP_SERVERS, or install the tests' with: make brokers"
    port=$(free_port)
    HOME=$work start "$work/broker.log" "$program" start --only kafka --kafka-port "$port" --data-dir "$work/data"
    broker=$pid
    answers "$port"
    servers=127.0.0.1:$port
    broker_name="noida-db, a stand-in of the tests"
    # It ignores the limits of fetches.
    properties=(receive.message.max.bytes=1000000000)
    export KAFKA_PROPERTIES_RECEIVE_MESSAGE_MAX_BYTES=1000000000
}

# manifest ENDPOINT STORES: a workflow with a condition and four rendered inputs, which runs in that many stores.
manifest() {
    local store
    cat <<YAML
kind: organization
id: bench
name: Bench
---
kind: workflow
id: review
organization: bench
trigger: okendo/review-created
conditions:
  all:
    - { field: trigger.rating, is: ">=", value: 0 }
    - { field: trigger.reviewTitle, is: "!=", value: none }
steps:
  - id: tell
    action: slack/send-message
    inputs:
      channel: "#reviews-{{ trigger.source | default: 'any' }}"
      text: "{{ trigger.rating }} of 5 in {{ store.domain }}: {{ trigger.reviewTitle }}"
      blocks: "{{ trigger.reviewBody | truncate: 280 }}"
      iconEmoji: ":{{ trigger.sentiment | default: 'tea' }}:"
---
kind: connection
connector: slack
endpoint: $1
secret: { env: BENCHMARK_SECRET }
limits: []
YAML
    for store in $(seq "$2"); do
        printf -- '---\nkind: store\ndomain: store-%04d.myshopify.com\norganization: bench\nshop_id: %d\napps: [okendo, slack]\n' \
            "$store" "$store"
    done
}

# fill EVENTS STORES ENDPOINT: topics, registry, and the events.
fill() {
    say "$1 events of $2 stores on $broker_name"
    "$sluice" topics create --partitions "$partitions" --replication "${REPLICATION:-1}" \
        --connectors okendo,slack,trello >"$work/topics.log"
    manifest "$3" "$2" >"$work/manifest.yaml"
    "$sluice" apply -f "$work/manifest.yaml" >"$work/apply.log"
    "${ahead[@]}" "$sluice" emit okendo/review-created --stores "$2" --count "$1" --seed 7 >"$work/emit.log" 2>&1
}

# rival MODE NAME GROUP TOPIC PROGRAM…: one measured run of a program that reads TOPIC in GROUP; prints its figures.
rival() {
    local mode=$1 name=$2 group=$3 topic=$4 figures
    shift 4
    "$work/cluster" forget "$servers" "$group" "${properties[@]}"
    start "$work/$name.log" "$@"
    figures=$("${ahead[@]}" "$work/cluster" progress "$servers" "$group" "$topic" "$pid" "${properties[@]}")
    stop "$pid"
    say "  $mode, $name: $figures"
    echo "{\"mode\": \"$mode\", \"rival\": \"$name\", $figures}"
}

# Committed records of a topic.
count() { "$work/cluster" count "$servers" "$1" "${properties[@]}"; }

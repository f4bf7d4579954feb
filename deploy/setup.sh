#!/bin/sh
# Installs what a build of Sluice needs and this machine lacks, from Debian's packages, and checks Swift's version.
# With --brokers: what Tests/brokers.sh needs instead. Running it again costs nothing. It needs root or sudo only
# when something is missing; Swift itself comes from https://swift.org/install.
set -eu

fail() {
    echo "setup: $*" >&2
    exit 1
}

is_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null; then
        sudo DEBIAN_FRONTEND=noninteractive "$@"
    else
        fail "these packages are missing, and this is neither root nor is sudo there: $missing"
    fi
}

# Waits for another apt that is at work, for two minutes at most.
apt() {
    as_root apt-get --quiet=2 --option DPkg::Lock::Timeout=120 "$@" >/dev/null
}

# The package lists of a fresh machine are empty or old, so a first failure only asks for an update.
install_packages() {
    apt install --yes --no-install-recommends "$@" 2>/dev/null && return
    apt update || fail "apt-get update fails; its own message stands above"
    apt install --yes --no-install-recommends "$@" \
        || fail "apt-get could not install $*; its own message stands above"
}

require() {
    missing=
    for package in "$@"; do
        is_installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || fail "install these by hand (their names on Debian):$missing"
    echo "setup: installing$missing"
    # shellcheck disable=SC2086 # one word per package
    install_packages $missing
}

check_swift() {
    command -v swift >/dev/null || fail "Swift 6.2 or later is needed: https://swift.org/install"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    [ -n "$version" ] || fail "swift --version says no version; is the toolchain complete?"
    major=${version%%.*}
    minor=${version#*.}
    if [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
        fail "Swift $version is too old: 6.2 or later is needed (https://swift.org/install)"
    fi
}

case "${1:-}" in
# Debian's python3 comes without the parts that make an environment with pip.
--brokers) python3 -c 'import venv, ensurepip' 2>/dev/null || require python3 python3-venv ;;
"")
    # librdkafka: the Kafka client. zlib: linked by the HTTP libraries.
    require librdkafka-dev pkg-config zlib1g-dev
    check_swift
    ;;
*) fail "wrong use: setup.sh [--brokers]" ;;
esac

#!/usr/bin/env bash
# Installs what is missing of packages.txt, or of the list that is named, and the lab's Python environment. Quick when nothing is missing.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
tree="$(cd "$here/../.." && pwd)"
list="${1:-$here/packages.txt}"

# How long apt waits for another program that installs packages: a machine that has just started installs its security updates.
LOCK_SECONDS=300

say() { printf 'setup: %s\n' "$*" >&2; }

missing_packages() {
    local name
    while read -r name _; do
        [[ -z "$name" || "$name" == \#* ]] && continue
        [[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" == installed ]] || printf '%s\n' "$name"
    done < "$list"
}

# Debian starts some packages as a service when it installs them; lab and benches start their own on ports of their own.
SERVICES=(orthanc beanstalkd)

stop_packaged_service() {
    if [[ -d /run/systemd/system ]]; then
        systemctl disable --now "$1.service" >/dev/null 2>&1 || say "could not stop the packaged service $1"
    elif [[ -x "/etc/init.d/$1" ]]; then
        "/etc/init.d/$1" stop >/dev/null 2>&1 || true
    fi
}

install_packages() {
    local -a missing
    mapfile -t missing < <(missing_packages)
    [[ ${#missing[@]} -eq 0 ]] && return
    if [[ $EUID -ne 0 ]]; then
        say "these Debian packages are missing: ${missing[*]}; install them as root and try again"
        exit 1
    fi
    say "installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout="$LOCK_SECONDS" "${missing[@]}" >/dev/null
    local service
    for service in "${SERVICES[@]}"; do
        if [[ " ${missing[*]} " == *" $service "* ]]; then stop_packaged_service "$service"; fi
    done
}

install_python() {
    local requirements="$tree/ops/lab/requirements.txt" stamp="$tree/.venv/requirements.sha256" digest
    digest="$(sha256sum "$requirements" | cut -d ' ' -f 1)"
    [[ -f "$stamp" && "$(cat "$stamp")" == "$digest" ]] && return
    say "making the lab's Python environment"
    rm -rf "$tree/.venv"
    python3 -m venv "$tree/.venv"
    "$tree/.venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
    printf '%s' "$digest" > "$stamp"
}

if ! command -v swift >/dev/null; then
    say "no swift on the PATH: install the Swift 6 toolchain first (swift.org, Debian 12)"
    exit 1
fi
install_packages
install_python

#!/usr/bin/env bash
# Installs what is missing of packages.txt and the lab's Python environment. Quick when nothing is missing.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
tree="$(cd "$here/../.." && pwd)"

# How long apt waits for another program that installs packages: a machine that has just started installs its security updates.
LOCK_SECONDS=300

say() { printf 'setup: %s\n' "$*" >&2; }

missing_packages() {
    local name
    while read -r name _; do
        [[ -z "$name" || "$name" == \#* ]] && continue
        [[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" == installed ]] || printf '%s\n' "$name"
    done < "$here/packages.txt"
}

# Debian starts Orthanc as a service when it installs it; the lab starts its own on a port of its own.
stop_packaged_orthanc() {
    if [[ -d /run/systemd/system ]]; then
        systemctl disable --now orthanc.service >/dev/null 2>&1 || say "could not stop the packaged Orthanc service"
    elif [[ -x /etc/init.d/orthanc ]]; then
        /etc/init.d/orthanc stop >/dev/null 2>&1 || true
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
    if [[ " ${missing[*]} " == *" orthanc "* ]]; then stop_packaged_orthanc; fi
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

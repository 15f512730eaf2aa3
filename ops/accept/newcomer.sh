#!/usr/bin/env bash
# A newcomer's machine: a bare Debian 12 in a folder, with the Swift toolchain, a fresh clone of the committed tree and
# nothing else. The README's two commands are taken out of the README and run there as they are written.
#
#   ops/accept/newcomer.sh FOLDER       as root; FOLDER/root is the machine, and is removed at the end
#
#   NEWCOMER_RUN='make setup'   this command line instead of the README's two
#   NEWCOMER_KEEP=yes           the machine's folder stays
#   NEWCOMER_CARRY='FILE …'     this machine's files that lead to the network, instead of those in newcomer/carry.sh
set -euo pipefail
out="$(realpath -m "${1:?usage: newcomer.sh FOLDER}")"
parts="$(cd "$(dirname "$0")/newcomer" && pwd)"
tree="$(git -C "$parts" rev-parse --show-toplevel)"
root="$out/root"
machine=

say() { printf 'newcomer: %s\n' "$*" >&2; }

# The mounts and the processes of the machine end with its first process; what is left is a folder.
stop_machine() {
    [[ -n "$machine" && -d "/proc/$machine" ]] || return 0
    local first=
    read -r first < "/proc/$machine/task/$machine/children" || true
    kill -KILL "${first:-$machine}" 2>/dev/null || true
    wait "$machine" 2>/dev/null || true
}

clean_up() {
    trap '' INT TERM HUP
    stop_machine
    if [[ -n "${NEWCOMER_KEEP:-}" ]]; then say "the machine is kept in $root"; else rm -rf --one-file-system "$root"; fi
}

require() {
    [[ $EUID -eq 0 ]] || { say "must be run as root"; exit 1; }
    unshare --mount --pid --fork true || { say "this machine does not allow mount and process namespaces"; exit 1; }
    command -v swiftc >/dev/null || { say "no swift on the PATH"; exit 1; }
    if ! command -v debootstrap >/dev/null; then
        say "installing debootstrap"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
    fi
}

# The folder that the toolchain was unpacked into: the one that has usr/bin/swift.
toolchain() {
    local folder
    folder="$(swiftc -print-target-info | sed -n 's|.*"runtimeResourcePath": "\(.*\)/usr/lib/swift".*|\1|p')"
    [[ -x "$folder/usr/bin/swift" && -n "$folder" ]] || { say "the toolchain is no folder of its own: unpack it into one and put its usr/bin on the PATH"; exit 1; }
    printf '%s' "$folder"
}

require
swift="$(toolchain)"
[[ -z "$(git -C "$tree" status --porcelain --untracked-files=no)" ]] || say "what is not committed is not in the clone"
rm -rf --one-file-system "$root"
mkdir -p "$root"
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# In the background, with job control: so a signal is obeyed at once, and the machine's programs do not start with SIGINT ignored.
set -m
setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private \
    "$parts/machine.sh" "$out" "$tree" "$swift" </dev/null &
machine=$!
wait "$machine"

#!/usr/bin/env bash
# The first process of the newcomer's machine, in mount and process namespaces of its own: makes the machine, then runs the
# README's commands on it. With this process end all others of the machine, and its mounts.
set -euo pipefail
out="$1" tree="$2" toolchain="$3"
root="$out/root"
here="$(cd "$(dirname "$0")" && pwd)"
# shellcheck source=ops/accept/newcomer/carry.sh
source "$here/carry.sh"
# shellcheck source=ops/accept/newcomer/readme.sh
source "$here/readme.sh"
summary=()

# Seconds that a process may take to end after the command that started it.
PATIENCE=10
PROGRAMS=/opt/swift/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

say() { printf 'newcomer: %s\n' "$*" >&2; }

# Debian's mirror of this machine; nothing where it cannot be told, and debootstrap takes its own.
mirror() {
    apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 2>/dev/null | awk '$1 == "Debian" && $2 == "bookworm" && !found++ {print $3}'
}

make_root() {
    local proxy='' from
    eval "$(apt-config shell proxy Acquire::http::Proxy)"
    from="$(mirror)"
    if ! env ${proxy:+"http_proxy=$proxy"} debootstrap --variant=minbase bookworm "$root" ${from:+"$from"} > "$out/debootstrap.log" 2>&1; then
        tail -20 "$out/debootstrap.log" >&2
        say "debootstrap failed; its log is $out/debootstrap.log"
        exit 1
    fi
}

mount_basics() {
    local name
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    for name in stdin:0 stdout:1 stderr:2; do ln -s "/proc/self/fd/${name#*:}" "$root/dev/${name%:*}"; done
    for name in null zero full random urandom tty; do
        touch "$root/dev/$name"
        mount --bind "/dev/$name" "$root/dev/$name"
    done
}

# Runs a command line in a folder as root of the machine, who knows of this one's environment only what leads to the network.
on_machine() {
    local -a environment
    mapfile -t environment < <(carried_variables)
    chroot "$root" /usr/bin/env -i HOME=/root USER=root TERM=dumb PATH="$PROGRAMS" "${environment[@]}" /bin/sh -c "cd $1 && $2"
}

packages() { chroot "$root" dpkg-query -W -f '${Package}\n' | sort; }

# The machine's processes but this one and those it is just using, as "PID NAME".
others() {
    local entry state
    for entry in "$root"/proc/[0-9]*; do
        [[ "${entry##*/}" != 1 && "${entry##*/}" != "$BASHPID" ]] || continue
        state="$(sed -n 's/^State:\t\(.\).*/\1/p' "$entry/status" 2>/dev/null || true)"
        [[ -z "$state" || "$state" == Z ]] || printf '%s %s\n' "${entry##*/}" "$(tr '\0' ' ' < "$entry/cmdline" 2>/dev/null || true)"
    done
}

nothing_left() {
    local deadline=$((SECONDS + PATIENCE)) left
    while left="$(others)"; [[ -n "$left" && $SECONDS -lt $deadline ]]; do sleep 0.2; done
    [[ -z "$left" ]] || { say "still running after $1:"; printf '%s\n' "$left" >&2; return 1; }
}

# A step of the newcomer, in a folder: runs, is timed, and leaves no process behind.
step() {
    local title="$1" folder="$2" command="$3" before started=$SECONDS status=0 added
    say "$title"
    before="$(packages)"
    on_machine "$folder" "$command" || status=$?
    added="$(comm -13 <(printf '%s\n' "$before") <(packages) | tr '\n' ' ')"
    summary+=("$title: $((SECONDS - started)) s, exit status $status, packages added: $(wc -w <<< "$added"). $added")
    [[ $status -eq 0 ]] || return "$status"
    nothing_left "$title"
}

report() { printf '\n'; printf '%s\n' "${summary[@]}" | fold -s -w 140; }

first_words() { sed -E '/^(#|$)/d; s/ .*//' "$1" | tr '\n' ' '; }

say "a bare Debian 12 in $root"
make_root
# Programs that want a view of mounts of their own expect the root folder to be mounted.
mount --bind "$root" "$root"
summary+=("a bare Debian 12: $SECONDS s, $(packages | wc -l) packages.")
mount_basics
carry_files; carry_apt; carry_git; bind_folders
mkdir -p "$root/opt/swift"
mount --bind -o ro "$toolchain" "$root/opt/swift"
git clone --quiet --no-hardlinks "$tree" "$root/root/skein"
readme="$root/root/skein/README.md"
preparation="$(readme_preparation "$readme")"
commands="$(readme_commands "$readme")"

trap report EXIT
step "the toolchain's packages" /root "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(first_words "$here/toolchain.txt") > /dev/null"
step "«$preparation»" /root "$preparation"
mapfile -t commands <<< "${NEWCOMER_RUN:-$commands}"
for command in "${commands[@]}"; do step "«$command»" /root/skein "$command"; done

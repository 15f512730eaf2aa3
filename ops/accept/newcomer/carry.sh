# shellcheck shell=bash
# Sourced by machine.sh: this machine's ways into the network, given to the machine in $root. Settings, never programs; a kept machine holds whatever
# secrets those settings hold.

# Files that are copied to the same place if they are there; what is in the home folder goes into root's.
carried_files() {
    local default="/etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs/ca-certificates.crt /usr/local/share/ca-certificates"
    printf '%s\n' ${NEWCOMER_CARRY:-$default $HOME/.pip/pip.conf $HOME/.config/pip/pip.conf $HOME/.swiftpm/configuration}
}

# NAME=VALUE of each variable that leads pip, git or apt to a proxy, an index or a certificate.
carried_variables() {
    local name
    for name in $(compgen -e); do
        case "${name,,}" in
            http_proxy | https_proxy | all_proxy | no_proxy | pip_* | ssl_cert_* | requests_ca_bundle | curl_ca_bundle | git_ssl_cainfo)
                printf '%s=%s\n' "$name" "${!name}" ;;
        esac
    done
}

carry_files() {
    local file place
    while read -r file; do
        [[ -e "$file" ]] || continue
        place="$root${file/#"$HOME"\///root/}"
        mkdir -p "$(dirname "$place")"
        rm -rf "$place"
        cp -aL "$file" "$place"
    done < <(carried_files)
}

# apt's proxies and its checks of dates, which a frozen mirror needs. Its sources are debootstrap's: Debian, and nobody else.
carry_apt() {
    apt-config dump | grep -E '^Acquire::(https?|Check-|Retries|ForceIPv)' > "$root/etc/apt/apt.conf.d/90carried" || true
}

# git's rewriting of addresses, and its proxies and certificates.
git_settings() {
    (cd / && git config --null --get-regexp '^(url\..*insteadof|http\..*(proxy|sslcainfo|sslcapath|sslverify))$') || true
}

carry_git() {
    local setting
    while IFS= read -r -d '' setting; do
        git config --file "$root/etc/gitconfig" --add "${setting%%$'\n'*}" "${setting#*$'\n'}"
    done < <(git_settings)
}

# Folders that those settings name, such as a mirror on disk, each an absolute path.
named_folders() {
    { git_settings | tr '\0' '\n'; carried_variables; cat "$root/etc/pip.conf" "$root"/root/.{pip,config/pip}/pip.conf 2>/dev/null || true; } \
        | grep -oE '(^|[ =]|url\.|file://)/[^ =,]+' | sed -E 's/^[^\/]*//; s/^\/\/\//\//; s/\.(push)?insteadof$//; s/\/$//' | sort -u
}

# They are seen inside at the same place, and cannot be written; a folder that Debian itself has stays Debian's.
bind_folders() {
    local folder
    while read -r folder; do
        [[ -d "$folder" && ! -e "$root$folder" ]] || continue
        mkdir -p "$root$folder"
        mount --bind -o ro "$folder" "$root$folder"
    done < <(named_folders)
}

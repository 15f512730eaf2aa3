# shellcheck shell=bash
# Sourced by machine.sh: what the README tells a newcomer to type, so that it and what is tested cannot drift apart.

# The README's section "Two commands".
readme_section() { awk '/^## /{inside = ($0 == "## Two commands")} inside' "$1"; }

# What is to be installed before anything else: the section's one command line in the text that begins with apt-get.
readme_preparation() {
    local line
    line="$(readme_section "$1" | grep -oE '`apt-get [^`]+`' | tr -d '`')"
    [[ "$(wc -l <<< "$line")" -eq 1 && -n "$line" ]] || { printf 'README.md: one preparation with apt-get is expected in "Two commands"\n' >&2; return 1; }
    printf '%s\n' "$line"
}

# The lines of the section's first block of code; they must be two.
readme_commands() {
    local lines
    lines="$(readme_section "$1" | awk '/^```/{if (inside) exit; inside = 1; next} inside')"
    [[ "$(wc -l <<< "$lines")" -eq 2 ]] || { printf 'README.md: two commands are expected in "Two commands"\n' >&2; return 1; }
    printf '%s\n' "$lines"
}

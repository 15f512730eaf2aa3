#!/usr/bin/env bash
# Plays many seeds without a mutant: each must be played, and none may break a rule, stall or crash, within the time allowed. Then each mutant must be
# caught within as many seeds, by a broken rule or a stall: a program that crashes or does not start catches nothing. The table says how many seeds it took.
#
#   ops/accept/simulator.sh SIMULATOR [SEEDS [MINUTES]]
set -euo pipefail
simulator="${1:?usage: simulator.sh SIMULATOR [SEEDS [MINUTES]]}"
seeds="${2:-50000}"
minutes="${3:-30}"
# As many as the allowed time is for.
processors=2
# Seeds that are tried at a time until a mutant is caught, in one process: the first that catches it is then known exactly.
block=100
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

begun=$SECONDS
"$simulator" --seed 1 --count "$seeds" --jobs "$processors" | tee "$folder/all"
taken=$((SECONDS - begun))
echo "$seeds seeds in $((taken / 60)) min $((taken % 60)) s on $processors processors; allowed are $minutes min"
grep -q "^$seeds seeds: $seeds fine; " "$folder/all" || { echo "not all seeds were played and fine" >&2; exit 1; }
((taken <= minutes * 60)) || { echo "too slow" >&2; exit 1; }

# Prints the table's row of one mutant; fails when it was not caught, or when a process ended in a way that proves nothing.
try_mutant() {
    local mutant="$1" first said status caught
    for ((first = 1; first <= seeds; first += block)); do
        status=0
        said="$("$simulator" --seed "$first" --count "$block" --jobs 1 --first --mutant "$mutant" 2>&1)" || status=$?
        case $status in
            0) grep -q "^$block seeds: $block fine; " <<<"$said" && continue ;;
            10 | 11) caught="$(grep -m 1 -E '^seed [0-9]+ (broken|stalled): ' <<<"$said")" && break ;;
        esac
        printf '%-26s %8s  %s\n' "$mutant" - "seeds $first on: exit status $status: $(tail -n 1 <<<"$said" | cut -c 1-90)"
        return 1
    done
    if [[ -z ${caught:-} ]]; then
        printf '%-26s %8s  %s\n' "$mutant" "> $seeds" 'not caught'
        return 1
    fi
    printf '%-26s %8s  %s\n' "$mutant" "$(cut -d ' ' -f 2 <<<"$caught")" "$(cut -d ' ' -f 3- <<<"$caught" | cut -c 1-90)"
}
export -f try_mutant
export simulator seeds block

# The mutants are those that the program's help names; one runs on each processor.
"$simulator" --help | tr '\n' ' ' | sed -n 's/.*put in on purpose: \([^.]*\)\..*/\1/p' | tr -d ' ' | tr ',' '\n' >"$folder/mutants"
[[ -s $folder/mutants ]] || { echo "the program's help names no mutant" >&2; exit 1; }
printf '\n%-26s %8s  %s\n' mutant seeds 'caught by'
xargs -P "$processors" -I{} bash -c 'try_mutant {}' <"$folder/mutants" || { echo "not all of $(wc -l <"$folder/mutants") mutants were caught" >&2; exit 1; }

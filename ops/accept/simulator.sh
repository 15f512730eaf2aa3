#!/usr/bin/env bash
# Plays many seeds without a mutant: none may break a rule, stall or crash, within the time allowed. Then each mutant must be caught within as
# many seeds; the table says how many it took.
#
#   ops/accept/simulator.sh SIMULATOR [SEEDS [MINUTES]]
set -euo pipefail
simulator="${1:?usage: simulator.sh SIMULATOR [SEEDS [MINUTES]]}"
seeds="${2:-50000}"
minutes="${3:-30}"
# Seeds that are tried at a time until a mutant is caught: the first that catches it is then known exactly.
block=100

begun=$SECONDS
"$simulator" --seed 1 --count "$seeds"
taken=$((SECONDS - begun))
echo "$seeds seeds in $((taken / 60)) min $((taken % 60)) s on $(nproc) processors; allowed are $minutes min"
((taken <= minutes * 60)) || { echo "too slow" >&2; exit 1; }

# The mutants are those that the program's help names.
mutants="$("$simulator" --help | tr '\n' ' ' | sed 's/.*put in on purpose: \([^.]*\)\..*/\1/; s/, */ /g')"
missed=0
printf '\n%-26s %8s  %s\n' mutant seeds 'caught by'
for mutant in $mutants; do
    caught=
    for ((first = 1; first <= seeds; first += block)); do
        status=0
        said="$("$simulator" --seed "$first" --count "$block" --jobs 1 --first --mutant "$mutant" 2>/dev/null)" || status=$?
        ((status == 0)) && continue
        caught="$(grep -m 1 -E '^seed [0-9]+ [a-z]+:' <<<"$said")"
        break
    done
    if [[ -z $caught ]]; then
        printf '%-26s %8s  %s\n' "$mutant" "> $seeds" 'not caught'
        missed=$((missed + 1))
    else
        printf '%-26s %8s  %s\n' "$mutant" "$(cut -d ' ' -f 2 <<<"$caught")" "$(cut -d ' ' -f 3- <<<"$caught" | cut -c 1-90)"
    fi
done
((missed == 0)) || { echo "$missed mutants were not caught" >&2; exit 1; }

#!/usr/bin/env bash
# Builds the fuzzers' program beside the ordinary build, whose folder stays as it is, and prints its path.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder="${FUZZ_BUILD:-.build-fuzz}"
toolchain="$(dirname "$(readlink -f "$(command -v swiftc)")")"
# Where clang keeps its runtime: libFuzzer without a main function of its own, since the program has one.
library="$(find "$("$toolchain/clang" -print-resource-dir)/lib" -name "libclang_rt.fuzzer_no_main*$(uname -m)*.a" | sort | head -n 1)"
[[ -n "$library" ]] || { echo "the toolchain in $toolchain has no libFuzzer" >&2; exit 1; }
export SKEIN_FUZZER_LIBRARY="$library"
options=(--scratch-path "$folder" -c release -Xswiftc -enable-testing --product fuzz)
swift build "${options[@]}" >&2
echo "$(swift build "${options[@]}" --show-bin-path)/fuzz"

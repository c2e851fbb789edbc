#!/usr/bin/env bash
# Training of taste beside implicit's least squares, on the same data and objective, two threads, three rounds in turn.
# usage: benches/taste.sh [LASTFM.train.tsv.gz GOWALLA.train.tsv.gz]      Some six minutes; generated data where a file is missing.
# The large run is apart: cargo bench -p benches --bench taste -- large
set -euo pipefail
here=$PWD
cd "$(dirname "$0")/.."
folder=$PWD/target/taste
mkdir -p "$folder"
tools=target/bench-tools/taste
[ -x "$tools/bin/python" ] || { python3 -m venv "$tools" && "$tools/bin/pip" install -q numpy scipy implicit; }
export OPENBLAS_NUM_THREADS=1
peers() { "$tools/bin/python" benches/peers/taste_peers.py "$@"; }
path() { case ${1:-} in '' | /*) echo "${1:-}" ;; *) echo "$here/$1" ;; esac; }
rm -f "$folder"/times.jsonl
cargo bench -q -p benches --bench taste --no-run
peers data "$folder" lastfm "$(path "${1:-}")"
peers data "$folder" gowalla "$(path "${2:-}")"
for round in 1 2 3; do
  for name in lastfm gowalla; do
    for d in 64 128; do
      cargo bench -q -p benches --bench taste -- "$folder" $name $d $round
      peers train "$folder" $name $d cg $round
      [ $round != 1 ] || peers loss "$folder" $name $d
      [ $name != lastfm ] || peers train "$folder" $name $d cholesky $round
    done
  done
done
peers table "$folder"

#!/usr/bin/env bash
# Nearest vectors beside faiss, hnswlib and usearch, on the same data in one run: clustered 1M x 64 and Gaussian 100k x 64.
# usage: benches/nearest.sh [FOLDER]      Under twelve minutes on two cores; FOLDER (default target/nearest) needs 1 GB.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-target/nearest}
mkdir -p "$folder"
tools=target/bench-tools/nearest
[ -x "$tools/bin/python" ] || { python3 -m venv "$tools" && "$tools/bin/pip" install -q numpy faiss-cpu hnswlib usearch psutil; }
peers() { "$tools/bin/python" benches/peers/nearest_peers.py --queries 2000 --threads 1 "$@"; }
rm -f "$folder"/*.jsonl
cargo bench -q -p benches --bench nearest --no-run
for kind in clustered gaussian; do
  n=1000000; [ $kind = gaussian ] && n=100000
  peers --data $kind --n $n --out "$folder/$kind.jsonl" --only files
  cargo bench -q -p benches --bench nearest -- "$folder" $kind
  peers --data $kind --n $n --out "$folder/$kind.jsonl" --only ivf,hnswlib,usearch-f32,faiss-hnsw
done

#!/usr/bin/env bash
# The server over HTTP: indexing through REST beside the bulk path, searches at 1, 8 and 64 connections, and what of a
# request's time is the engine's. usage: benches/http.sh [SONGS] [REST_SONGS] [SECONDS]   (1000000, 200000 and 3;
# WORK=folder for what it makes, removed at the end otherwise). Some eight minutes once it is built, 3 GB of temporary files.
set -euo pipefail
cd "$(dirname "$0")/.."
songs=${1:-1000000} rest=${2:-200000} seconds=${3:-3}
work=${WORK:-$(mktemp -d)}
mkdir -p "$work"
trap '[ -n "${WORK:-}" ] || rm -rf "$work"' EXIT
catalog=$work/catalog-$songs.jsonl queries=$work/queries.tsv
[ -f "$catalog" ] || python3 benches/peers/gen_catalog.py "$songs" -o "$catalog"
python3 benches/peers/lucene/gen_queries.py "$catalog" >"$queries"
cargo build -q --release -p tutti-server
cargo bench -q -p benches --bench http --no-run
target=$(cargo metadata --no-deps --format-version 1 | grep -oE '"target_directory":"[^"]+' | cut -d'"' -f4)
echo "load $(cut -d' ' -f1 /proc/loadavg), $(nproc) cores, commit $(git rev-parse --short HEAD), $songs songs"
cargo bench -q -p benches --bench http -- "$target/release/tutti" "$catalog" "$queries" "$work/http" "$rest" "$seconds"

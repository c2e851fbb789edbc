#!/usr/bin/env bash
# Tutti, tantivy used directly and Lucene 8, one after the other, on one generated catalogue: indexing, size, opening,
# queries by class. usage: benches/search.sh [SONGS] [ROUNDS]   (1000000 and 5; WORK=folder for what it makes, removed at the end)
set -euo pipefail
cd "$(dirname "$0")/.."
songs=${1:-1000000} rounds=${2:-5}
work=${WORK:-$(mktemp -d)}
trap '[ -n "${WORK:-}" ] || rm -rf "$work"' EXIT
catalog=$work/catalog-$songs.jsonl queries=$work/queries.tsv
[ -f "$catalog" ] || python3 benches/peers/gen_catalog.py "$songs" -o "$catalog"
python3 benches/peers/lucene/gen_queries.py "$catalog" >"$queries"
cargo bench -q -p benches --bench search --no-run
bench() { cargo bench -q -p benches --bench search -- "$@"; }
echo "load $(cut -d' ' -f1 /proc/loadavg), $(nproc) cores, commit $(git rev-parse --short HEAD)"
for threads in 1 2; do
  bench tantivy index "$catalog" "$work/tantivy" "$threads"
  bench tutti index "$catalog" "$work/tutti" "$threads"
done
bench tantivy search "$work/tantivy" "$queries" "$rounds"
bench tutti search "$work/tutti" "$queries" "$rounds"
WORK="$work/lucene" sh benches/peers/lucene/run.sh "$catalog" "$queries" "$rounds"

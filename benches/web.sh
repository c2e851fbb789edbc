#!/usr/bin/env bash
# What the pages weigh and how they behave in Chromium: bytes, first interaction with a processor four times slower, a queue of 500 songs and 500
# members being scrolled while it changes, a vote from one phone to the next, the wall over many changes.
# usage: benches/web.sh      TUTTI=path chooses the program (else the release build), CHROMIUM=path the browser.
set -u
cd "$(dirname "$0")/.." || exit 1
[ -n "${TUTTI:-}" ] || cargo build --release --quiet || exit 1
TUTTI=${TUTTI:-target/release/tutti}
. tests/processes.sh
[ -d tests/web/node_modules ] || (cd tests/web && npm ci --silent --no-audit --no-fund) || exit 1
"$tutti" demo --data "$work/demo" --listen 127.0.0.1:0 >"$work/demo.said" 2>"$work/demo.log" &
pids+=($!)
for _ in $(seq 600); do grep -q 'Ctrl-C ends it' "$work/demo.said" && break; sleep 0.2; done
url=$(grep -oE 'http://127.0.0.1:[0-9]+' "$work/demo.said" | head -n 1)
[ -n "$url" ] || { cat "$work/demo.said" "$work/demo.log"; exit 1; }
TUTTI_URL=$url TUTTI_HOUSE=$(grep -oE '/venue/[^#]+' "$work/demo.said" | cut -d/ -f3) node benches/web/measure.mjs

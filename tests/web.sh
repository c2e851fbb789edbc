#!/usr/bin/env bash
# The pages in Debian's Chromium, several phones at once, against the demo on a free port.
# usage: tests/web.sh [FILE...]      FILEs of tests/web, such as party.test.mjs. TUTTI=path chooses the program, CHROMIUM=path the browser.
# TUTTI_APPROVE=1 takes this run's screenshots as the approved ones; look at tests/web/shots first. Ends with "N passed, M failed".
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/processes.sh
# The pages' shapes are the server's.
"$tutti" openapi | node server/web/types.mjs | diff - server/web/src/shared/wire.ts >"$work/wire.diff" ||
  { head -40 "$work/wire.diff"; echo 'shared/wire.ts is not what the server describes: tutti openapi | node server/web/types.mjs > server/web/src/shared/wire.ts'; exit 1; }
modules=tests/web/node_modules
cmp -s tests/web/package-lock.json "$modules/.tutti.lock" || (cd tests/web && npm ci --silent --no-audit --no-fund) || exit 1
cp tests/web/package-lock.json "$modules/.tutti.lock"
[ $# -gt 0 ] || set -- $(cd tests/web && ls ./*.test.mjs)

"$tutti" demo --data "$work/demo" --listen 127.0.0.1:0 --query-key query-of-the-tests >"$work/demo.said" 2>"$work/demo.log" &
pids+=($!)
for _ in $(seq 600); do grep -q 'Ctrl-C ends it' "$work/demo.said" && break; sleep 0.2; done
TUTTI_URL=$(grep -oE 'http://127.0.0.1:[0-9]+' "$work/demo.said" | head -n 1)
TUTTI_HOUSE=$(grep -oE '/venue/[^#]+' "$work/demo.said" | cut -d/ -f3)
[ -n "$TUTTI_URL" ] || { cat "$work/demo.said" "$work/demo.log"; echo 'the demo did not start'; exit 1; }
export TUTTI_URL TUTTI_HOUSE TUTTI_QUERY_KEY=query-of-the-tests

for file in "$@"; do
  printf -- '-- %s\n' "$file"
  (cd tests/web && node --test --test-concurrency=1 --test-reporter=tap "$file" >"$work/now.tap") || failed=1
  cat "$work/now.tap" >>"$work/all.tap"
  grep -vE '^ +(duration_ms|\.\.\.|---|type:)|^ *# Subtest|^TAP version' "$work/now.tap"
done
report

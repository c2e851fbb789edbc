#!/usr/bin/env bash
# The official, unmodified Azure AI Search SDKs for Python and JavaScript against a server on a free port.
# usage: tests/azure.sh [PYTEST ARGUMENTS]      Ends with the two runners' own counts.
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; rm -rf "$work"' EXIT
export TUTTI_ADMIN_KEY=admin-of-the-tests TUTTI_QUERY_KEY=query-of-the-tests
TUTTI_LOG=error "${TUTTI:-target/debug/tutti}" serve --data "$work/data" --listen 127.0.0.1:0 >"$work/said" 2>"$work/log" &
pid=$!
for _ in $(seq 100); do grep -q listening "$work/said" && break; sleep 0.1; done
TUTTI_URL=$(grep -oE 'http://127.0.0.1:[0-9]+' "$work/said") || { cat "$work/log"; echo 'the server did not start'; exit 1; }
export TUTTI_URL
cp -r tests/acceptance "$work/suites"
failed=0
. tests/sdks.sh
(cd "$work/suites/azure_python" && "$venv/bin/python" -m pytest -p no:cacheprovider "$@") || failed=1
ln -s "$modules/node_modules" "$work/suites/azure_js/node_modules"
(cd "$work/suites/azure_js" && node --test --test-reporter=tap test.mjs >"$work/js.tap") || failed=1
grep -vE '^ +(duration_ms|\.\.\.|---|type:)|^# Subtest' "$work/js.tap"
cat "$work/log"
exit $failed

#!/usr/bin/env bash
# The protocol suite of Engine.IO and Socket.IO, then other people's clients, emitters and servers at ours.
# usage: tests/sockets.sh [FILE...]      FILEs of the protocol suite, such as engine.test.mjs, and then nothing else. TUTTI=path
# chooses the program. Needs Node 20, Python and redis-server. Ends with "N passed, M failed".
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/processes.sh
suite socketio_js
serve conformance TUTTI_CONFORMANCE=1
export SIO_URL=$url
if [ $# -gt 0 ]; then node_tests socketio_js "$@"; report; fi
node_tests socketio_js engine.test.mjs protocol.test.mjs client.test.mjs engine_suite.test.mjs socketio_suite.test.mjs
serve client TUTTI_CONFORMANCE=client
SIO_URL=$url node_tests socketio_js client_suite.test.mjs

suite realtime_peers
venv=target/test-tools/realtime-peers-python
cmp -s tests/acceptance/realtime_peers/requirements.txt "$venv/requirements.txt" ||
  { python3 -m venv "$venv" && "$venv/bin/pip" install -q -r tests/acceptance/realtime_peers/requirements.txt &&
    cp tests/acceptance/realtime_peers/requirements.txt "$venv/"; } || exit 1
serve alone
export TUTTI_URL=$url
"$venv/bin/python" -m pytest -q -p no:cacheprovider "$work/realtime_peers" >"$work/python.pytest" || failed=1
cat "$work/python.pytest"
node_tests realtime_peers old_client.test.mjs

serve_redis
serve first "TUTTI_REDIS_URL=$redis_url"; export TUTTI_URL_1=$url
serve second "TUTTI_REDIS_URL=$redis_url"; export TUTTI_URL_2=$url
export TUTTI_REDIS_URL=$redis_url
node_tests realtime_peers cluster.test.mjs
report

#!/usr/bin/env bash
# What a room promises, checked with the official client: one server, kill -9, then two servers over one Redis.
# usage: tests/rooms.sh [FILE...]      FILEs of tests/acceptance/rooms_js, such as queue.test.mjs; cluster.test.mjs and, among others,
# sync.test.mjs and recovery.test.mjs run against the pair. TUTTI=path chooses the program. Needs Node 20 and redis-server. Ends with "N passed, M failed".
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/processes.sh
suite rooms_js
[ $# -gt 0 ] || set -- crash.test.mjs limits.test.mjs queue.test.mjs recovery.test.mjs room.test.mjs sync.test.mjs cluster.test.mjs
alone=() pair=()
for file in "$@"; do
  [ "$file" = cluster.test.mjs ] || alone+=("$file")
  case $file in cluster.test.mjs) pair+=("$file") ;; sync.test.mjs | recovery.test.mjs) [ $# -gt 1 ] && pair+=("$file") ;; esac
done

if [ ${#alone[@]} -gt 0 ]; then
  serve alone
  export TUTTI_URL=$url TUTTI_START_CMD="'$tutti' serve" TUTTI_CRASH_URL=http://127.0.0.1:$(free_port)
  # Alphabetical: L08 uses up this address's look-ups of codes for some seconds, R03 needs them again.
  node_tests rooms_js "${alone[@]}"
fi
if [ ${#pair[@]} -gt 0 ]; then
  serve_redis
  serve first "TUTTI_REDIS_URL=$redis_url"; export TUTTI_URL=$url
  serve second "TUTTI_REDIS_URL=$redis_url"; export TUTTI_URL_2=$url
  node_tests rooms_js "${pair[@]}"
fi
report

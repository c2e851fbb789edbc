#!/usr/bin/env bash
# The house rules that no compiler keeps: no source file over 500 lines, no folder with more than fifteen files side by side,
# dependencies that point one way. (Functions of at most 60 lines are clippy's `too_many_lines`.) Ends with 1 and a list when broken.
set -u
cd "$(dirname "$0")/.." || exit 1
broken=0
complain() { echo "$1"; broken=1; }

# `wire.ts` is written by a program.
sources() { git ls-files '*.rs' '*.ts' '*.tsx' '*.mjs' '*.css' '*.py' '*.sh' '*.lua'; }
while read -r lines file; do
  [ "$lines" -le 500 ] || complain "$file has $lines lines; 500 are the most"
done < <(sources | grep -v '/wire\.ts$' | xargs wc -l | awk '$2 != "total" { print $1, $2 }')

# Data and pictures are no source: they lie where the suites that own them want them.
while read -r count folder; do
  [ "$count" -le 15 ] || complain "$folder has $count files side by side; 15 are the most"
done < <(sources | sed 's|/[^/]*$||' | sort | uniq -c)

# What a crate may not depend on, however far away.
bans() { # package, names...
  local package=$1; shift
  local found; found=$(cargo tree -p "$package" -e normal --prefix none 2>/dev/null | awk '{ print $1 }' | sort -u | grep -xE "$(IFS='|'; echo "$*")")
  [ -z "$found" ] || complain "$package depends on $(echo $found)"
}
bans tutti-index-schema tantivy tokio axum tutti-engine tutti-server
bans tutti-wal tantivy tokio axum tutti-engine tutti-server tutti-index-schema
bans tutti-vectors tantivy tokio axum tutti-engine tutti-server tutti-index-schema
bans tutti-taste tantivy tokio axum sled tutti-engine tutti-server
bans tutti-engine axum tokio sled hyper redis tutti-server tutti-datasets tutti-realtime tutti-store
bans tutti-datasets tantivy tokio axum tutti-engine tutti-server
bans tutti-realtime tantivy sled tutti-engine tutti-server tutti-store
bans tutti-store tantivy axum tutti-engine tutti-server tutti-realtime
exit "$broken"

#!/usr/bin/env bash
# What README.md shows is run as it is written there: searching in a terminal, curl, the Azure SDK in Python and JavaScript.
# Only the address is another one. Needs target/debug/tutti (or TUTTI).
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$work"' EXIT
PATH=$(cd "$(dirname "${TUTTI:-target/debug/tutti}")" && pwd):$PATH
unset TUTTI_DATA_DIR TUTTI_LISTEN TUTTI_ADMIN_KEY TUTTI_QUERY_KEY TUTTI_TLS_CERT TUTTI_TLS_KEY
fail() { echo "FAILED: $*"; exit 1; }

# The N-th block in a language under a heading.
block() { # heading, language, N
  awk -v heading="## $1" -v fence="\`\`\`$2" -v wanted="$3" '
    /^```/ && inside { if (shown) exit; inside = 0; next }
    inside { if (shown) print; next }
    /^## / { here = ($0 == heading) }
    /^```/ { inside = 1; shown = (here && $0 == fence && ++seen == wanted) }' README.md
}

serve() { # arguments of tutti; sets pid and base
  "$@" >"$work/said" 2>"$work/log" &
  pid=$!
  for _ in $(seq 300); do base=$(grep -oE 'http://127.0.0.1:[0-9]+' "$work/said" | head -n 1); [ -n "$base" ] && return 0; kill -0 "$pid" || break; sleep 0.2; done
  cat "$work/said" "$work/log"; fail "$* did not start"
}
end() { kill -INT "$pid"; wait "$pid" || fail "the server ended with $?"; pid=; }

. tests/sdks.sh

block 'In the terminal' sh 1 | grep -v '^cargo install' >"$work/terminal.sh"
block 'Serving' sh 1 >"$work/serve.sh"
block 'Serving' sh 2 >"$work/curl.sh"
block 'From the Azure SDK' python 1 >"$work/program.py"
block 'From the Azure SDK' js 1 >"$work/program.mjs"
block 'From the Azure SDK' text 1 >"$work/expected"
for file in terminal.sh serve.sh curl.sh program.py program.mjs expected; do [ -s "$work/$file" ] || fail "README.md has no block for $file"; done
cd "$work" || exit 1

echo '-- In the terminal'
serve tutti demo --data tutti-data/demo --listen 127.0.0.1:0
end
while IFS= read -r line; do
  bash -c "$line" >found || fail "$line"
  lines=$(grep -c . found)
  [ "$lines" -gt 3 ] || fail "$line: $lines lines"
  echo "$lines lines: $line"
done <terminal.sh

echo '-- Serving'
sed 's/127.0.0.1:7070/127.0.0.1:0/' serve.sh >free.sh
serve bash -c "exec $(cat free.sh)"
sed "s|http://127.0.0.1:7070|$base|g" curl.sh >free.sh
bash -eu free.sh >found || fail 'curl'
cat found
grep -q '"total": 1' found && grep -q '<em>Moon</em>' found || fail 'curl found something else'

echo '-- From the Azure SDK'
TUTTI_KEY=$(tutti keys | sed -n 's/^admin //p') TUTTI_URL=$base
export TUTTI_KEY TUTTI_URL
ln -s "$modules/node_modules" node_modules
"$venv/bin/python" program.py >printed || fail 'the Python program'
diff expected printed || fail 'the Python program prints something else'
node program.mjs >printed || fail 'the JavaScript program'
diff expected printed || fail 'the JavaScript program prints something else'
cat printed
end

#!/usr/bin/env bash
# A stranger's first minute: the demo is built and served on a free port, the addresses it prints answer, Ctrl-C ends it.
set -u
cd "$(dirname "$0")/.." || exit 1
folder=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null; rm -rf "$folder"' EXIT
target/debug/tutti demo --data "$folder/data" --listen 127.0.0.1:0 >"$folder/said" 2>&1 &
pid=$!
for _ in $(seq 300); do grep -q 'Ctrl-C ends it' "$folder/said" && break; kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
cat "$folder/said"
base=$(grep -oE 'http://127.0.0.1:[0-9]+' "$folder/said" | head -n 1)
[ -n "$base" ] || { echo 'the demo printed no address'; exit 1; }
python3 - "$base" "$folder/said" <<'PY' || exit 1
import json, re, sys, urllib.request
base, said = sys.argv[1], open(sys.argv[2], encoding="utf-8").read()
urls = re.findall(r"^\s+(http://\S+)$", said, re.M)
assert len(urls) >= 3, urls
for url in urls:
    with urllib.request.urlopen(url, timeout=20) as answer:
        text = answer.read().decode("utf-8")
    if "/recommendations" in url:
        body = json.loads(text)
        found = next(value for value in body.values() if isinstance(value, list) and value and isinstance(value[0], dict))
        print(url, len(found), "recommended")
    elif "/search" in url:
        body = json.loads(text)
        assert body["total"] > 0 and body["hits"], (url, body)
        assert body.get("facets") or "tasteOf" in url, url
        print(url, body["total"], "found in", body["took_ms"], "ms")
    else:
        assert "<h1>Tutti</h1>" in text, url
PY
grep -A4 '^For u1, u2, u3 together' "$folder/said" | grep -q '(for u[123]' || { echo 'the demo recommended nothing to a group'; exit 1; }
grep -A3 '^For u1, walking in Soho' "$folder/said" | grep -q 'plays .*, like you, [0-9]* m away' || { echo 'the demo recommended no venue'; exit 1; }
kill -INT "$pid"
wait "$pid"; status=$?
[ "$status" -eq 0 ] || { echo "the demo ended with $status"; exit 1; }

#!/usr/bin/env bash
# A stranger's first minute: the demo is built and served on a free port, the addresses it prints answer, Ctrl-C ends it.
set -u
cd "$(dirname "$0")/.." || exit 1
folder=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null; rm -rf "$folder"' EXIT
"${TUTTI:-target/debug/tutti}" demo --data "$folder/data" --listen 127.0.0.1:0 >"$folder/said" 2>&1 &
pid=$!
for _ in $(seq 300); do grep -q 'Ctrl-C ends it' "$folder/said" && break; kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
cat "$folder/said"
base=$(grep -oE 'http://127.0.0.1:[0-9]+' "$folder/said" | head -n 1)
[ -n "$base" ] || { echo 'the demo printed no address'; exit 1; }
python3 - "$base" "$folder/said" <<'PY' || exit 1
import json, re, sys, urllib.request
base, said = sys.argv[1], open(sys.argv[2], encoding="utf-8").read()
urls = re.findall(r"^\s+(http://\S+)", said, re.M)
kinds = {kind: next((url for url in urls if kind in url), None) for kind in ["/r/", "/wall", "/venue/", "/places", "/console", "/docs"]}
assert all(kinds.values()), (kinds, said)
for kind, url in kinds.items():
    with urllib.request.urlopen(url.split("#")[0], timeout=20) as answer:
        text = answer.read().decode("utf-8")
    assert answer.headers["content-security-policy"], url
    script = re.search(r'<script type="module" src="(/web/[^"]+)"', text)
    assert script, f"{url} has no script: was the program built without Node?"
    with urllib.request.urlopen(base + script[1], timeout=20) as answer:
        assert len(answer.read()) > 1000, script[1]
    print(kind, "is served")
code = re.search(r"/r/([A-Z0-9]{6})", said)[1]
with urllib.request.urlopen(f"{base}/r/{code}", timeout=20) as answer:
    first = answer.read().decode("utf-8")
assert "Demo party" in first and first.count("<li") >= 4, first
for query in ["songs/search?q=love&facet=genres", "venues/search?q=crown+OR+anchor&facet=city"]:
    with urllib.request.urlopen(f"{base}/v1/{query}", timeout=20) as answer:
        body = json.loads(answer.read())
    assert body["total"] > 0 and body["hits"] and body["facets"], query
key = re.search(r"admin key (\S+)", said)[1]
house = re.search(r"/venue/([^#\s]+)", said)[1]
request = urllib.request.Request(f"{base}/v1/venues/{house}/house", headers={"api-key": key})
with urllib.request.urlopen(request, timeout=20) as answer:
    body = json.loads(answer.read())
assert body["present"] >= body["least"] and body["fit"] and body["taste"]["evening"] and body["room"]["code"] == code, body
print("in the house:", body["present"], "fit", body["fit"])
PY
grep -A4 '^For u1, u2, u3 together' "$folder/said" | grep -q '(for u[123]' || { echo 'the demo recommended nothing to a group'; exit 1; }
grep -A3 '^For u1, walking in Soho' "$folder/said" | grep -q 'plays .*, like you, [0-9]* m away' || { echo 'the demo recommended no venue'; exit 1; }
kill -INT "$pid"
wait "$pid"; status=$?
[ "$status" -eq 0 ] || { echo "the demo ended with $status"; exit 1; }

#!/usr/bin/env bash
# Recommendations measured on real data: what `tutti evaluate` prints is what independent scripts find in its lists, and better than the
# best baselines. Needs target/debug/tutti (or TUTTI).
set -u
cd "$(dirname "$0")/.." || exit 1
tutti=${TUTTI:-target/debug/tutti}
data=tests/acceptance/taste
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$tutti" evaluate --train $data/lastfm.train.tsv.gz --test $data/lastfm.test.tsv.gz --groups $data/groups.jsonl --json -q \
  --lists "$work/lists.jsonl" --group-lists "$work/groups.jsonl" >"$work/ours.json" || exit 1
python3 $data/evaluate.py --train $data/lastfm.train.tsv.gz --test $data/lastfm.test.tsv.gz --json "$work/lists.jsonl" >"$work/people.json" || exit 1
python3 $data/evaluate_groups.py --train $data/lastfm.train.tsv.gz --test $data/lastfm.test.tsv.gz --groups $data/groups.jsonl --json \
  "$work/groups.jsonl" >"$work/grouped.json" || exit 1
"$tutti" evaluate --train $data/lastfm.train.tsv.gz --test $data/lastfm.test.tsv.gz --items $data/artists.jsonl.gz \
  --parts $data/songs-of-artists.jsonl.gz --cold $data/cold-artists.json --json -q >"$work/cold.json" || exit 1
"$tutti" train --data "$work/data" --interactions $data/lastfm.train.tsv.gz -q 2>/dev/null || exit 1
printf '{"id": 1, "user": "2"}\n{"id": 2, "group": "g", "members": ["2", "4"]}\n{"id": 3, "likes": ["51", "52", "53"]}\n{"id": 4, "user": "nobody"}\nnot JSON\n' >"$work/batch.jsonl"
"$tutti" recommend --data "$work/data" --batch "$work/batch.jsonl" --k 20 --exclude-known >"$work/answers.jsonl" || exit 1
python3 - "$work" <<'PY'
import json, sys
work = sys.argv[1]
read = lambda name: json.load(open(f"{work}/{name}.json"))
ours, people, grouped, cold = read("ours"), read("people"), read("grouped"), read("cold")
passed, failed = 0, 0
def check(what, right):
    global passed, failed
    print("ok  " if right else "FAIL", what)
    passed, failed = passed + bool(right), failed + (not right)
for metrics in ours["people"]:
    for name, theirs in (("recall", "recall"), ("capped_recall", "crecall"), ("ndcg", "ndcg"), ("hit", "hit"), ("mrr", "mrr"), ("coverage", "coverage")):
        k = metrics["k"]
        check(f"{name}@{k} {metrics[name]:.6f} is what evaluate.py finds", abs(metrics[name] - people[f"{theirs}@{k}"]) < 2e-6)
for cut, theirs in grouped["cuts"].items():
    mine = ours["groups"]["fair"][cut]
    pairs = (("ndcg_mean",) * 2, ("ndcg_min",) * 2, ("ndcg_ratio",) * 2, ("recall_mean",) * 2, ("without_hit", "zrecall"), ("first_hit", "dfh"), ("proportional", "dpf"))
    check(f"groups, {cut}: what evaluate_groups.py finds", all(abs(mine[a] - theirs[b]) < 2e-6 for a, b in pairs))
at20 = next(m for m in ours["people"] if m["k"] == 20)
everybody = ours["groups"]["fair"]["all"]
cold20 = next(m for m in cold["people"] if m["k"] == 20)
for what, value, bar in (
    ("ndcg@20", at20["ndcg"], 0.2886), ("recall@20", at20["recall"], 0.2854),
    ("groups' worst-off member", everybody["ndcg_min"], 0.0346), ("groups' mean", everybody["ndcg_mean"], 0.1177), ("groups' members with a hit", 1 - everybody["without_hit"], 1 - 0.402),
    ("cold artists' recall@20", cold20["recall"], 0.533), ("cold artists' ndcg@20", cold20["ndcg"], 0.424),
):
    check(f"{what} {value:.4f}, best baseline {bar:.4f}", value > bar)
answers = [json.loads(line) for line in open(f"{work}/answers.jsonl")]
for answer in answers[:3]:
    check(f"line {answer['id']} has twenty different items, best first", len(set(answer["items"])) == 20 and (answer["id"] == 2 or answer["scores"] == sorted(answer["scores"], reverse=True)))
check("somebody unknown is named", "nobody" in answers[3]["error"])
check("what is no JSON is said with its line", "line 5" in answers[4]["error"])
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
PY

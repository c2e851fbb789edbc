#!/usr/bin/env python3
"""People a model was not trained on, who come with a few likes: how much is found of what else they like.

usage: benches/fold_in.py TRAIN.tsv.gz TEST.tsv.gz [TUTTI]      Three times 300 people; a minute.

300 people are taken out of TRAIN, `tutti train` learns from the rest, and `tutti recommend --batch` is asked for lists of 20 for 1, 3, 5, 10, 20
and all of their likes drawn at random, what else they like in TRAIN excluded. Prints ndcg@20 on TEST and that of the most popular items."""
import gzip, json, math, random, subprocess, sys, tempfile
from collections import Counter, defaultdict

def rows(path):
    out = defaultdict(dict)
    for line in gzip.open(path, "rt"):
        user, item, *weight = line.split()
        out[user][item] = float(weight[0]) if weight else 1.0
    return out

def ndcg(items, relevant):
    gain = sum(1 / math.log2(rank + 2) for rank, item in enumerate(items[:20]) if item in relevant)
    return gain / sum(1 / math.log2(rank + 2) for rank in range(min(20, len(relevant))))

train, test = rows(sys.argv[1]), rows(sys.argv[2])
tutti = sys.argv[3] if len(sys.argv) > 3 else "target/release/tutti"
counts = (1, 3, 5, 10, 20, 0)
found, popular = defaultdict(list), defaultdict(list)
for seed in (21, 22, 23):
    draw = random.Random(seed)
    able = sorted(user for user in train if len(train[user]) >= 10 and test.get(user))
    held = set(draw.sample(able, 300))
    with tempfile.TemporaryDirectory() as work:
        with gzip.open(f"{work}/train.tsv.gz", "wt") as out:
            for user in sorted(train):
                if user not in held:
                    out.writelines(f"{user}\t{item}\t{weight}\n" for item, weight in sorted(train[user].items()))
        subprocess.run([tutti, "train", "--data", f"{work}/data", "--interactions", f"{work}/train.tsv.gz", "-q"], check=True, stderr=subprocess.DEVNULL)
        with open(f"{work}/batch.jsonl", "w") as out:
            for user in sorted(held):
                likes = sorted(train[user])
                for count in counts:
                    chosen = draw.sample(likes, count) if count and count < len(likes) else likes
                    out.write(json.dumps({"id": [user, count], "likes": chosen, "exclude": likes}) + "\n")
        answers = subprocess.run([tutti, "recommend", "--data", f"{work}/data", "--batch", f"{work}/batch.jsonl", "--k", "20"], check=True, capture_output=True, text=True)
        charts = [item for item, _ in Counter(item for user in train if user not in held for item in train[user]).most_common()]
        for line in answers.stdout.splitlines():
            answer = json.loads(line)
            user, count = answer["id"]
            found[count].append(ndcg(answer["items"], test[user]))
            popular[count].append(ndcg([item for item in charts[:400] if item not in train[user]], test[user]))
mean = lambda values: sum(values) / len(values)
print("| likes | Tutti | the most popular |\n| --- | --- | --- |")
for count in counts:
    print(f"| {count or 'all'} | {mean(found[count]):.4f} | {mean(popular[count]):.4f} |")

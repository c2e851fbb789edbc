"""The lines of a run (`PEER SCENARIO-NAME | name=value ...`) as one markdown table with ratios and goals. usage: table.py FILE"""

import sys

runs = {}
for line in open(sys.argv[1], encoding="utf-8"):
    key, _, values = line.partition("|")
    words = key.split()
    if len(words) == 2:
        runs[tuple(words)] = dict(word.split("=", 1) for word in values.split() if "=" in word)


def value(peer, run, name):
    """A figure, or None when that run gave none."""
    text = runs.get((peer, run), {}).get(name)
    return float(text) if text is not None else None


def shown(number):
    if number is None:
        return "-"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:,.2f}"


def row(what, figure, ours, theirs, goal=None, at_least=True):
    """`goal` is a ratio of ours to theirs, to be reached or, if not `at_least`, not to be passed."""
    ratio = ours / theirs if ours is not None and theirs else None
    judged = "-"
    if goal is not None and ratio is not None:
        reached = ratio >= goal if at_least else ratio <= goal
        judged = f"{'>=' if at_least else '<='} {goal}: {'reached' if reached else 'MISSED'}"
    print(f"| {what} | {figure} | {shown(ours)} | {shown(theirs)} | {'-' if ratio is None else f'{ratio:.2f}'} | {judged} |")


def compare(what, run, name, figure, goal=None, at_least=True, beside=None):
    row(what, figure, value("tutti", run, name), value("node", beside or run, name), goal, at_least)


CPU, RATE, P50, P99 = "deliveries_cpu_s", "deliveries_s", "p50_ms", "p99_ms"
print("| scenario | figure | Tutti | Node | ratio | goal |\n| --- | --- | --- | --- | --- | --- |")
big = "1 room of 100, 16 in flight"
compare(big, "fanout", CPU, "deliveries per cpu-s, unlogged", 6)
compare(big, "fanout", RATE, "deliveries/s, unlogged")
compare(big, "fanout", P99, "p99 ms, unlogged")
compare(big, "rooms-fanout", CPU, "deliveries per cpu-s, logged (Node: unlogged)", 3, beside="fanout")
compare(big, "rooms-fanout", RATE, "deliveries/s, logged (Node: unlogged)", beside="fanout")
compare(big, "rooms-fanout", P99, "p99 ms, logged (Node: unlogged)", beside="fanout")
small = "1,000 rooms of 10 at 3,000/s"
for run, how in (("rate-small", "unlogged"), ("rooms-rate-small", "logged (Node: unlogged)")):
    compare(small, run, CPU, f"deliveries per cpu-s, {how}", 2, beside="rate-small")
    compare(small, run, P50, f"p50 ms, {how}", beside="rate-small")
    compare(small, run, P99, f"p99 ms, {how}", 0.25, at_least=False, beside="rate-small")
steady = "1 room of 100 at 100/s"
for run, how in (("rate-big", "unlogged"), ("rooms-rate-big", "logged (Node: unlogged)")):
    compare(steady, run, CPU, f"deliveries per cpu-s, {how}", beside="rate-big")
    compare(steady, run, P99, f"p99 ms, {how}", beside="rate-big")
for count in ("5000", "10000"):
    compare(f"{count} idle connections", f"idle-{count}", "per_conn_rss_kb", "kB each, connected", 0.5, at_least=False)
    compare(f"{count} idle connections", f"idle-rooms-{count}", "per_conn_rss_kb", "kB each, joined (Node: connected)", 0.5, False, f"idle-{count}")
compare("handshakes, 32 at a time", "handshake", "per_s", "per second")
compare("handshakes, 32 at a time", "handshake", "per_cpu_s", "per cpu-s")
compare("handshakes, 32 at a time", "handshake-rooms", "per_s", "per second, with a token (Node: bare)", beside="handshake")
compare("handshakes, 32 at a time", "handshake-rooms", "per_cpu_s", "per cpu-s, with a token (Node: bare)", beside="handshake")
for run, what in (("durable-1", "1 writer"), ("durable-100", "100 writers in 10 rooms"), ("durable-1000", "1,000 writers in 100 rooms")):
    for name, figure in (("acks_s", "commands/s on disk"), ("ack_p50_ms", "ack p50 ms"), ("ack_p99_ms", "ack p99 ms")):
        row(what, figure, value("tutti", run, name), None)
both = "two servers and Redis (cpu-s of all three)"
compare(both, "redis-fanout", CPU, "1 room of 100, 16 in flight: deliveries per cpu-s, unlogged")
compare(both, "redis-rooms-fanout", CPU, "the same logged (Node: unlogged)", beside="redis-fanout")
compare(both, "redis-rate", CPU, "1,000 rooms of 10 at 1,000/s: deliveries per cpu-s, unlogged")
compare(both, "redis-rate", P99, "p99 ms, unlogged")
compare(both, "redis-rooms-rate", CPU, "logged (Node: unlogged): deliveries per cpu-s", beside="redis-rate")
compare(both, "redis-rooms-rate", P99, "p99 ms, logged (Node: unlogged)", beside="redis-rate")
for name in ("missing", "overtaken", "refused", "closed", "failed"):
    total = {peer: sum(float(run.get(name, 0)) for (who, _), run in runs.items() if who == peer) for peer in ("tutti", "node")}
    judged = "-" if name in ("refused", "failed") else f"0: {'reached' if total['tutti'] == 0 else 'MISSED'}"
    print(f"| all runs | {name} | {total['tutti']:,.0f} | {total['node']:,.0f} | - | {judged} |")

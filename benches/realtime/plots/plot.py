"""Memory of the server and p99 of deliveries over an evening, as an SVG. usage: plot.py PARTY.csv OUT.svg"""

import csv
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, GAP, BOTTOM = 960, 560, 70, 20, 40, 60, 40
INK, GRID = "#333", "#ddd"


def top(values):
    """The end of an axis: 1, 2 or 5 times a power of ten, above all values."""
    most, step = max(values, default=0) or 1, 1e-6
    while True:
        for times in (1, 2, 5):
            if step * times >= most:
                return step * times
        step *= 10


def panel(title, unit, seconds, lines, y, height):
    """Lines of (name, colour, values) over time, with axes."""
    end, most = max(seconds[-1], 1), top([value for _, _, values in lines for value in values])
    width = WIDTH - LEFT - RIGHT
    out = [f'<text x="{LEFT}" y="{y - 10}" font-weight="bold">{title}</text>']
    for part in range(6):
        at = y + height - height * part / 5
        out.append(f'<line x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}" stroke="{GRID}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{most * part / 5:g}{unit if part == 5 else ""}</text>')
        across = LEFT + width * part / 5
        out.append(f'<text x="{across:.1f}" y="{y + height + 18}" text-anchor="middle">{end * part / 5 / 60:.1f}{" min" if part == 5 else ""}</text>')
    for number, (name, colour, values) in enumerate(lines):
        points = " ".join(f"{LEFT + width * s / end:.1f},{y + height - height * v / most:.1f}" for s, v in zip(seconds, values))
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        out.append(f'<text x="{WIDTH - RIGHT - 150 * (len(lines) - number - 1)}" y="{y - 10}" text-anchor="end" fill="{colour}">{name}</text>')
    return "\n".join(out)


rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8")))
if not rows:
    sys.exit("the evening left no figures")
column = lambda name, scale=1.0: [float(row[name]) * scale for row in rows]
seconds, height = column("seconds"), (HEIGHT - TOP - GAP - BOTTOM) / 2
last = rows[-1]
caption = f'{last["present"]} guests present at the end, {int(last["ops"]):,} ops, {int(last["deliveries"]):,} deliveries, {last["missing"]} missing, {last["overtaken"]} overtaken, {last["errors"]} errors'
memory = panel("memory of the server", " MB", seconds, [("RSS", "#2b6cb0", column("rss_kb", 1 / 1024))], TOP, height)
latency = panel(
    "latency in each five seconds", " ms", seconds,
    [("p99 of deliveries", "#c05621", column("p99_ms")), ("p99 of acks", "#2f855a", column("ack_p99_ms"))], TOP + height + GAP, height,
)
with open(sys.argv[2], "w", encoding="utf-8") as out:
    out.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" fill="{INK}">\n')
    out.write(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{memory}\n{latency}\n')
    out.write(f'<text x="{WIDTH / 2}" y="{HEIGHT - 5}" text-anchor="middle">{caption}</text>\n</svg>\n')

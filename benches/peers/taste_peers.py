#!/usr/bin/env python3
"""Factorisation by alternating least squares: implicit's, on the CPU.  pip install numpy scipy implicit

usage: taste_peers.py data FOLDER NAME [TRAIN.tsv.gz]       writes NAME.pairs.u32: people, items, alpha, regularisation, then pairs
       taste_peers.py train FOLDER NAME D cg|cholesky ROUND  fifteen iterations; their seconds go to times.jsonl, in round 1 with the loss after each
       taste_peers.py loss FOLDER NAME D                     the loss of the factors Tutti left after each pass, and removes them
       taste_peers.py table FOLDER                           the tables

The loss is implicit's own: sum over all pairs c (w.h - t)^2 + reg (|W|^2 + |H|^2), c = alpha and t = 1 for what is known, else 1 and 0; computed here in
double precision for both (sum over all pairs of s^2 = <W'W, H'H>). Seconds are those of iterations alone: no reading, no transposing, no loss.
"""
import gzip, json, os, sys
os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
import numpy as np

ITERATIONS, PASSES, THREADS = 15, 20, 2  # implicit's, Tutti's
WEIGHTS = {'lastfm': (20, 50), 'gowalla': (60, 1)}  # alpha and regularisation that were best for implicit on a validation part

def pairs(folder, name):
    words = np.fromfile(f'{folder}/{name}.pairs.u32', 'u4')
    return words[:4].tolist(), words[4:].reshape(-1, 2)

def data(folder, name, path=None):
    if path and os.path.exists(path):
        with gzip.open(path, 'rt') as lines: rows = [line.split('\t')[:2] for line in lines]
        cells = np.stack([np.unique([row[side].strip() for row in rows], return_inverse=True)[1] for side in (0, 1)], 1)
    else:  # 2,000 people in 20 circles, 14,000 items, popularity by Zipf's law
        rng = np.random.default_rng(42); people, items = 2000, 14000; person = np.repeat(np.arange(people), 60)
        own = np.exp(rng.random(len(person)) * np.log(items // 20)).astype('i8') * 20 - 20 + person % 20
        anybody = np.exp(rng.random(len(person)) * np.log(items)).astype('i8') - 1
        cells = np.unique(np.stack([person, np.where(rng.random(len(person)) < .7, own, anybody)], 1), axis=0)
        cells[:, 1] = np.unique(cells[:, 1], return_inverse=True)[1]
    cells = np.unique(cells, axis=0)
    head = [cells[:, 0].max() + 1, cells[:, 1].max() + 1, *WEIGHTS.get(name, (20, 50))]
    np.concatenate([head, cells.ravel()]).astype('u4').tofile(f'{folder}/{name}.pairs.u32')
    print(f'{name}: {head[0]} people, {head[1]} items, {len(cells)} pairs, alpha {head[2]}, regularisation {head[3]}')

def loss(W, H, cells, alpha, reg):
    W, H = W.astype('f8'), H.astype('f8'); out = ((W.T @ W) * (H.T @ H)).sum() + reg * ((W ** 2).sum() + (H ** 2).sum())
    for at in range(0, len(cells), 1 << 17):
        person, item = cells[at:at + (1 << 17)].T; s = np.einsum('nd,nd->n', W[person], H[item]); out += (alpha * (s - 1) ** 2 - s ** 2).sum()
    return float(out)

def append(folder, **line):
    with open(f'{folder}/times.jsonl', 'a') as out: out.write(json.dumps(line) + '\n')

def train(folder, name, d, how, turn):
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix
    (people, items, alpha, reg), cells = pairs(folder, name)
    known = csr_matrix((np.ones(len(cells), 'f4'), (cells[:, 0], cells[:, 1])), (people, items)); seconds, losses = [], []
    model = AlternatingLeastSquares(factors=d, regularization=reg, alpha=alpha, use_cg=how == 'cg', iterations=ITERATIONS, num_threads=THREADS, random_state=42)
    def after(_, elapsed, __):
        seconds.append(elapsed)
        if turn == 1: losses.append(loss(model.user_factors, model.item_factors, cells, alpha, reg))
    model.fit(known, show_progress=False, callback=after)
    append(folder, how=f'implicit, {"conjugate gradients" if how == "cg" else "Cholesky"}', data=name, d=d, round=turn, seconds=seconds, loss=losses)
    print(f'implicit {how}, {name}, d = {d}, round {turn}: {ITERATIONS} iterations in {sum(seconds):.2f} s')

def losses(folder, name, d):
    (people, items, alpha, reg), cells = pairs(folder, name); found = []
    for at in range(1, PASSES + 1):
        paths = [f'{folder}/{name}.{d}.{at}.{side}.f32' for side in ('people', 'items')]
        found.append(loss(*(np.fromfile(path, 'f4').reshape(-1, d) for path in paths), cells, alpha, reg))
        for path in paths: os.remove(path)
    append(folder, how='Tutti', data=name, d=d, round=0, seconds=[], loss=found)

def table(folder):
    lines = [json.loads(line) for line in open(f'{folder}/times.jsonl')]; runs = {}
    for line in lines:
        run = runs.setdefault((line['data'], line['d']), {}).setdefault(line['how'], {'seconds': [], 'loss': None})
        if line['seconds']: run['seconds'].append(np.cumsum(line['seconds']))
        if line.get('loss'): run['loss'] = np.array(line['loss'])
    for (name, d), hows in runs.items():
        names = sorted(hows, key=lambda how: how != 'Tutti'); best = {how: np.min(run['seconds'], 0) for how, run in hows.items()}
        print(f'\n{name}, d = {d}: seconds so far (best of {len(hows[names[0]]["seconds"])}) and loss after each pass\n')
        print('| pass | ' + ' | '.join(f'{how}: s | loss' for how in names) + ' |\n|' + ' --- |' * (1 + 2 * len(names)))
        for at in range(ITERATIONS): print(f'| {at + 1} | ' + ' | '.join(f'{best[how][at]:.3f} | {hows[how]["loss"][at]:,.0f}' for how in names) + ' |')
    print('\n| data, d | how | s a pass, best (median) | loss after 15 | s to the final loss of implicit (CG) | s to 1.001 x the best |\n|' + ' --- |' * 6)
    for (name, d), hows in runs.items():
        goals = hows['implicit, conjugate gradients']['loss'][-1], 1.001 * min(run['loss'][:ITERATIONS].min() for run in hows.values())
        for how in sorted(hows, key=lambda how: how != 'Tutti'):
            run = hows[how]; totals = [seconds[-1] / len(seconds) for seconds in run['seconds']]; cells = []
            for goal in goals:
                there = np.flatnonzero(run['loss'] <= goal)
                cells.append(f'{min(s[there[0]] for s in run["seconds"]):.2f} ({np.median([s[there[0]] for s in run["seconds"]]):.2f}), pass {there[0] + 1}' if len(there) else f'not in {len(run["loss"])}')
            print(f'| {name}, {d} | {how} | {min(totals):.3f} ({np.median(totals):.3f}) | {run["loss"][ITERATIONS - 1]:,.0f} | {cells[0]} | {cells[1]} |')

if __name__ == '__main__':
    what, folder, *rest = sys.argv[1:]
    if what == 'data': data(folder, *rest)
    elif what == 'train': train(folder, rest[0], int(rest[1]), rest[2], int(rest[3]))
    elif what == 'loss': losses(folder, rest[0], int(rest[1]))
    elif what == 'table': table(folder)
    else: sys.exit(__doc__)

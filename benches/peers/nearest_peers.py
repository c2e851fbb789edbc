#!/usr/bin/env python3
"""Nearest-by-inner-product peers: hnswlib, usearch, faiss (exact, IVF, HNSW).  pip install numpy faiss-cpu hnswlib usearch psutil

usage: nearest_peers.py --n 1000000 --d 64 --queries 2000 --threads 1,2 --out results.jsonl [--only hnswlib,usearch,...] [--build-threads 2] [--data clustered|gaussian]

`--only files` writes the data and the true neighbours as files instead.
Data (fixed seed): gaussian, or clustered like factor vectors: 512 centres ~ N(0,1)/sqrt(d) times 1.0, plus N(0,1)/sqrt(d) times 0.6 per item, each row scaled by a
log-normal norm (sigma 0.35: popular songs have longer vectors, so inner product and cosine differ).  Queries are made the same way, norm 1.
recall@10: share of the true top 10 (exact, float32) returned.  QPS: queries answered one by one per thread (latency view) for threads=1,
the library's own batch call with that many threads otherwise.  Memory: growth of the process's resident set over the build, each index in a process of its own.
"""
import argparse, json, os, subprocess, sys, time

def data(n, d, q, kind, seed=42):
    import numpy as np
    if kind == 'gaussian':
        rng = np.random.default_rng(seed)
        X, Q = rng.normal(size=(n, d)).astype('f4'), rng.normal(size=(q, d)).astype('f4')
        return X, Q / np.linalg.norm(Q, axis=1, keepdims=True)
    rng = np.random.default_rng(seed)
    cen = rng.normal(size=(512, d)).astype('f4') / d ** .5
    def rows(m, spread):
        x = np.empty((m, d), 'f4')
        for s in range(0, m, 100000):
            k = min(100000, m - s); x[s:s + k] = cen[rng.integers(0, 512, k)] + rng.normal(size=(k, d)).astype('f4') * (.6 / d ** .5)
        if spread: x *= rng.lognormal(0, spread, (m, 1)).astype('f4')
        return x
    X = rows(n, .35); Q = rows(q, 0); Q /= np.linalg.norm(Q, axis=1, keepdims=True)
    return X, Q

def rss():
    import psutil
    return psutil.Process().memory_info().rss / 2 ** 20

def one(a):
    import numpy as np, faiss
    X, Q = data(a.n, a.d, a.queries, a.data); bt = a.build_threads
    gt_path = f'{a.out}.gt-{a.data}-{a.n}-{a.d}-{a.queries}.npy'
    if os.path.exists(gt_path):
        GT = np.load(gt_path)
    else:
        faiss.omp_set_num_threads(bt); f = faiss.IndexFlatIP(a.d); f.add(X); GT = f.search(Q, 10)[1]; np.save(gt_path, GT); del f
    def report(name, params, build, mem, search1, searchN):
        for th in map(int, a.threads.split(',')):
            lat = []
            if th == 1:
                k = len(Q); got = np.zeros((k, 10), 'i8'); t0 = time.perf_counter()
                for i in range(k):
                    t = time.perf_counter(); got[i] = search1(Q[i:i + 1]); lat.append(time.perf_counter() - t)
                    if time.perf_counter() - t0 > 20: k = i + 1; break
                dt = time.perf_counter() - t0
            else:
                k = len(Q); t0 = time.perf_counter(); got = searchN(Q, th); dt = time.perf_counter() - t0
            rec = sum(len(set(map(int, g)) & set(map(int, t))) for g, t in zip(got[:k], GT[:k])) / (10 * k)
            r = {'index': name, 'params': params, 'n': a.n, 'd': a.d, 'threads': th, 'build_threads': bt, 'build_s': round(build, 2), 'rss_mib': round(mem), 'recall@10': round(rec, 4), 'qps': round(k / dt, 1), 'queries': k}
            if lat: lat.sort(); r.update(p50_us=round(lat[len(lat) // 2] * 1e6), p99_us=round(lat[int(len(lat) * .99)] * 1e6))
            with open(a.out, 'a') as f: f.write(json.dumps(r) + '\n')
            print(json.dumps(r), flush=True)
    if a.index == 'files':  # what benches/nearest reads
        folder = os.path.dirname(a.out) or '.'
        X.tofile(f'{folder}/{a.data}.rows.f32'); Q.tofile(f'{folder}/{a.data}.queries.f32'); GT.astype('u4').tofile(f'{folder}/{a.data}.truth.u32')
        return
    base = rss(); t = time.perf_counter(); name = a.index
    if name == 'exact':
        f = faiss.IndexFlatIP(a.d); f.add(X); b = time.perf_counter() - t; m = rss() - base
        def s1(q): faiss.omp_set_num_threads(1); return f.search(q, 10)[1][0]
        def sn(q, th): faiss.omp_set_num_threads(th); return f.search(q, 10)[1]
        report('faiss exact (IndexFlatIP)', {}, b, m, s1, sn)
        def numpy1(q): s = X @ q[0]; p = np.argpartition(-s, 10)[:10]; return p[np.argsort(-s[p])]
        if '1' in a.threads.split(','):
            th = a.threads; a.threads = '1'; report('numpy matrix-vector + argpartition', {}, 0, 0, numpy1, None); a.threads = th
    elif name == 'ivf':
        nl = 1024 if a.n < 500000 else 4096
        faiss.omp_set_num_threads(bt); f = faiss.index_factory(a.d, f'IVF{nl},Flat', faiss.METRIC_INNER_PRODUCT); f.cp.niter = 10
        rng = np.random.default_rng(1); f.train(X[rng.choice(a.n, min(a.n, nl * 40), replace=False)]); f.add(X); b = time.perf_counter() - t; m = rss() - base
        for p in (4, 16, 64, 256):
            f.nprobe = p
            def s1(q): faiss.omp_set_num_threads(1); return f.search(q, 10)[1][0]
            def sn(q, th): faiss.omp_set_num_threads(th); return f.search(q, 10)[1]
            report('faiss IVF,Flat', {'nlist': nl, 'nprobe': p}, b, m, s1, sn)
    elif name == 'faiss-hnsw':
        faiss.omp_set_num_threads(bt); f = faiss.IndexHNSWFlat(a.d, 16, faiss.METRIC_INNER_PRODUCT); f.hnsw.efConstruction = 100; f.add(X); b = time.perf_counter() - t; m = rss() - base
        for ef in (16, 64, 128, 256, 512):
            f.hnsw.efSearch = ef
            def s1(q): faiss.omp_set_num_threads(1); return f.search(q, 10)[1][0]
            def sn(q, th): faiss.omp_set_num_threads(th); return f.search(q, 10)[1]
            report('faiss HNSW', {'M': 16, 'efConstruction': 100, 'efSearch': ef}, b, m, s1, sn)
    elif name == 'hnswlib':
        import hnswlib
        h = hnswlib.Index('ip', a.d); h.init_index(a.n, M=16, ef_construction=100, random_seed=1); h.add_items(X, num_threads=bt); b = time.perf_counter() - t; m = rss() - base
        for ef in (16, 64, 128, 256, 512):
            h.set_ef(ef); report('hnswlib', {'M': 16, 'efConstruction': 100, 'ef': ef}, b, m, lambda q: h.knn_query(q, 10, num_threads=1)[0][0], lambda q, th: h.knn_query(q, 10, num_threads=th)[0])
    elif name.startswith('usearch'):
        from usearch.index import Index
        dt = name.split('-')[1]
        u = Index(ndim=a.d, metric='ip', dtype=dt, connectivity=16, expansion_add=100); u.add(np.arange(a.n), X, threads=bt); b = time.perf_counter() - t; m = rss() - base
        for ef in (16, 64, 128, 256, 512):
            u.expansion_search = ef; report('usearch ' + dt, {'connectivity': 16, 'expansion_add': 100, 'expansion_search': ef}, b, m, lambda q: u.search(q[0], 10, threads=1).keys, lambda q, th: u.search(q, 10, threads=th).keys)

if __name__ == '__main__':
    ap = argparse.ArgumentParser()
    ap.add_argument('--n', type=int, default=1000000); ap.add_argument('--d', type=int, default=64); ap.add_argument('--queries', type=int, default=2000)
    ap.add_argument('--threads', default='1,2'); ap.add_argument('--build-threads', type=int, default=2); ap.add_argument('--out', default='ann.jsonl')
    ap.add_argument('--data', default='clustered', choices=['clustered', 'gaussian'])
    ap.add_argument('--only', default='exact,ivf,hnswlib,usearch-f32,usearch-i8,faiss-hnsw'); ap.add_argument('--index')
    a = ap.parse_args()
    if a.index:
        one(a)
    else:
        for name in a.only.split(','):
            p = subprocess.run([sys.executable, __file__, '--index', name] + [x for k in ('n', 'd', 'queries', 'threads', 'build_threads', 'out', 'data') for x in ('--' + k.replace('_', '-'), str(getattr(a, k)))])
            if p.returncode:
                print(name, 'failed', p.returncode, file=sys.stderr)

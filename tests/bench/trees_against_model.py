#!/usr/bin/python3
"""Gradient-boosted quantile trees on the model's job features (the kernel's forecast among them), beside the model.

usage: trees_against_model.py FILE [--refit-every N] [--window N] [--peers trees,trees+k,xgboost]
       (FILE from dump_features; needs python3-sklearn, and python3-xgboost for that peer)

Before each N submissions three HistGradientBoostingRegressor(loss="quantile") are fitted anew (.5, .9, .95) to the newest jobs
that had ended by then: never to anything that had not. Two targets: the logarithm of run time over limit ("trees"), and of run time
over the kernel's point prediction ("trees+k"). No forecast is above the limit. The trees' accuracy is that of their median.

"xgboost" says a distribution: multi:softprob over 24 bins of run time over limit with edges at its quantiles (Debian 12 has XGBoost
1.7, which has no quantile loss; its absolute error is broken for this). Each bin stands for the median of what fell into it; quantiles
are read off the distribution, and the point is the bin with the highest expected min/max, as the measure rewards.
"""
import argparse
import sys
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

LEVELS = [0.5, 0.9, 0.95]
BINS = 24


def read(path: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names of the columns after the two times; the times (N, 2) in seconds; the values (N, columns)."""
    with open(path, "rb") as file:
        rows, *names = file.readline().decode().split()
        kind = np.dtype([("times", "<f8", 2), ("values", "<f4", len(names) - 2)])
        table = np.fromfile(file, kind, int(rows))
    if len(table) != int(rows):
        sys.exit(f"trees_against_model.py: error: {path}: {len(table)} of {rows} rows")
    return names[2:], table["times"], table["values"]


def pinball(truth: np.ndarray, said: np.ndarray, level: float) -> float:
    miss = truth - said
    return float(np.mean(np.maximum(level * miss, (level - 1) * miss)))


def trees(times: np.ndarray, features: np.ndarray, target: np.ndarray, every: int, window: int) -> np.ndarray:
    """Forecasts (levels, N) of the target; NaN before the first fit."""
    said = np.full((len(LEVELS), len(target)), np.nan)
    for start in range(every, len(target), every):
        now = times[start, 0]
        ended = np.flatnonzero(times[:start, 1] < now)[-window:]
        if len(ended) < 200:
            continue
        block = slice(start, min(start + every, len(target)))
        for i, level in enumerate(LEVELS):
            fit = HistGradientBoostingRegressor(loss="quantile", quantile=level, max_iter=100, learning_rate=0.1,
                                                min_samples_leaf=20, random_state=1)
            fit.fit(features[ended], target[ended])
            said[i, block] = fit.predict(features[block])
    return np.sort(said, axis=0)


def xgboost(times: np.ndarray, features: np.ndarray, share: np.ndarray, every: int, window: int) -> np.ndarray:
    """Forecasts (point and levels, N) of the logarithm of run time over limit; NaN before the first fit."""
    import xgboost as library
    said = np.full((1 + len(LEVELS), len(share)), np.nan)
    for start in range(every, len(share), every):
        ended = np.flatnonzero(times[:start, 1] < times[start, 0])[-window:]
        if len(ended) < 200:
            continue
        block = slice(start, min(start + every, len(share)))
        edges = np.unique(np.quantile(share[ended], np.linspace(0, 1, BINS + 1)[1:-1]))
        bins = np.unique(np.searchsorted(edges, share[ended]), return_inverse=True)[1]
        centers = np.array([np.median(share[ended][bins == b]) for b in range(bins.max() + 1)])
        fit = library.train({"objective": "multi:softprob", "num_class": len(centers), "max_depth": 5, "eta": 0.2, "tree_method": "hist",
                             "nthread": 1, "seed": 1}, library.DMatrix(features[ended], bins), num_boost_round=25)
        p = fit.predict(library.DMatrix(features[block])).reshape(-1, len(centers))
        likeness = np.exp(-np.abs(centers[:, None] - centers[None, :]))
        said[0, block] = centers[np.argmax(p @ likeness, axis=1)]
        for i, level in enumerate(LEVELS):
            said[1 + i, block] = centers[np.argmax(np.cumsum(p, axis=1) >= level - 1e-6, axis=1)]
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--refit-every", type=int, default=1000)
    parser.add_argument("--window", type=int, default=20_000, help="newest ended jobs that are learned from, at most")
    parser.add_argument("--peers", default="trees,trees+k")
    options = parser.parse_args()
    wanted = options.peers.split(",")
    names, times, values = read(options.file)
    column = {name: values[:, i].astype(np.float64) for i, name in enumerate(names)}
    features = values[:, [i for i, name in enumerate(names) if name.startswith("f")]]
    truth, limit = column["log_run"], column["log_limit"]
    began = time.process_time()
    peers = {name: np.minimum(trees(times, features, truth - start, options.refit_every, options.window) + start, limit)
             for name, start in (("trees", limit), ("trees+k", column["kernel"])) if name in wanted}
    peers = {name: np.vstack([said[:1], said]) for name, said in peers.items()}
    if "xgboost" in wanted:
        peers["xgboost"] = np.minimum(xgboost(times, features, truth - limit, options.refit_every, options.window) + limit, limit)
    seconds = time.process_time() - began
    counted = np.all([~np.isnan(said[0]) for said in peers.values()], axis=0)
    print(f"{options.file}: {counted.sum()} of {len(truth)} jobs, from the trees' first fit on; {seconds:.0f} s of processor time")
    print("predictor accuracy  pin.5   pin.9   pin.95")

    def row(name: str, typical: np.ndarray, quantiles: list[np.ndarray]) -> None:
        accuracy = np.mean(np.exp(-np.abs(typical - truth)[counted]))
        losses = [pinball(truth[counted], q[counted], level) for q, level in zip(quantiles, LEVELS)]
        print(f"{name:<9} {accuracy:8.4f} {losses[0]:7.3f} {losses[1]:7.3f} {losses[2]:7.3f}")

    for name, said in peers.items():
        row(name, said[0], list(said[1:]))
    print(f"kernel    {np.mean(np.exp(-np.abs(np.minimum(column['kernel'], limit) - truth)[counted])):8.4f}")
    row("model", column["typical"], [column["q50"], column["q90"], column["q95"]])


if __name__ == "__main__":
    main()

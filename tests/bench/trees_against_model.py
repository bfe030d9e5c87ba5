#!/usr/bin/python3
"""Gradient-boosted quantile trees on the model's job features (the kernel's forecast among them), beside the model.

usage: trees_against_model.py FILE [--refit-every N] [--window N]     (FILE from dump_features; needs python3-sklearn)

Before each N submissions three HistGradientBoostingRegressor(loss="quantile") are fitted anew (.5, .9, .95) to the newest jobs
that had ended by then: never to anything that had not. Two targets: the logarithm of run time over limit ("trees"), and of run time
over the kernel's point prediction ("trees+k"). No forecast is above the limit. The trees' accuracy is that of their median.
"""
import argparse
import sys
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

LEVELS = [0.5, 0.9, 0.95]


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--refit-every", type=int, default=1000)
    parser.add_argument("--window", type=int, default=20_000, help="newest ended jobs that are learned from, at most")
    options = parser.parse_args()
    names, times, values = read(options.file)
    column = {name: values[:, i].astype(np.float64) for i, name in enumerate(names)}
    features = values[:, [i for i, name in enumerate(names) if name.startswith("f")]]
    truth, limit = column["log_run"], column["log_limit"]
    began = time.process_time()
    peers = {name: np.minimum(trees(times, features, truth - start, options.refit_every, options.window) + start, limit)
             for name, start in (("trees", limit), ("trees+k", column["kernel"]))}
    seconds = time.process_time() - began
    counted = ~np.isnan(peers["trees"][0])
    print(f"{options.file}: {counted.sum()} of {len(truth)} jobs, from the trees' first fit on; {seconds:.0f} s of processor time")
    print("predictor accuracy  pin.5   pin.9   pin.95")

    def row(name: str, typical: np.ndarray, quantiles: list[np.ndarray]) -> None:
        accuracy = np.mean(np.exp(-np.abs(typical - truth)[counted]))
        losses = [pinball(truth[counted], q[counted], level) for q, level in zip(quantiles, LEVELS)]
        print(f"{name:<9} {accuracy:8.4f} {losses[0]:7.3f} {losses[1]:7.3f} {losses[2]:7.3f}")

    for name, said in peers.items():
        row(name, said[0], list(said))
    row("model", column["typical"], [column["q50"], column["q90"], column["q95"]])


if __name__ == "__main__":
    main()

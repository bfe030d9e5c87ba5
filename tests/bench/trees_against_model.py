#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Gradient-boosted quantile trees on the model's job features (the kernel's forecast among them), beside the model.

usage: trees_against_model.py FILE [--refit-every N] [--first-fit N] [--window N] [--peers trees,trees+k,xgboost] [--keep KEPT]
                              [--older-features]
       (FILE from dump_features; contrib/install-packages bench has what it needs. Trees take long: OMP_NUM_THREADS=1 for one core)

--keep KEPT (.npz): what a peer says is put there once it is known, and taken from there instead of fitting anew if jobs, features
and settings are still the same. With --older-features it is taken too where only the features have changed since: so the model's
columns can be brought up to date at once, and the tables say so. The trees can begin with dump_features --untrained.

Before each N submissions three HistGradientBoostingRegressor(loss="quantile") are fitted anew (.5, .9, .95) to the newest jobs
that had ended by then: never to anything that had not. Two targets: the logarithm of run time over limit ("trees"), and of run time
over the kernel's point prediction ("trees+k"). No forecast is above the limit. The trees' accuracy is that of their median.

A fairer point, the one of highest expected min/max under the trees' own quantiles, would take a dozen levels more, i.e. several
times their fits; so their accuracy is not to be compared, their pinball losses are.

"xgboost" says a distribution: multi:softprob over 24 bins of run time over limit with edges at its quantiles (Debian 12 has XGBoost
1.7, which has no quantile loss; its absolute error is broken for this). Each bin stands for the median of what fell into it; quantiles
are read off the distribution, and the point is the bin with the highest expected min/max, as the measure rewards.
"""
import argparse
import hashlib
import pathlib
import sys
import time
from collections.abc import Callable, Iterator

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


class Refits:
    """When peers are fitted anew, and to what: the newest `window` jobs that had ended by then, never to anything that had not."""

    def __init__(self, times: np.ndarray, first: int, every: int, window: int) -> None:
        self.times, self.first, self.every, self.window = times, first, every, window

    def __iter__(self) -> Iterator[tuple[np.ndarray, slice]]:
        """The jobs to learn from, and those to forecast."""
        jobs = len(self.times)
        for start in range(self.first, jobs, self.every):
            ended = np.flatnonzero(self.times[:start, 1] < self.times[start, 0])[-self.window:]
            if len(ended) >= 200:
                print(f"fit at job {start} of {jobs}, {time.process_time():.0f} s of processor time", file=sys.stderr)
                yield ended, slice(start, min(start + self.every, jobs))


def trees(refits: Refits, features: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Forecasts (levels, N) of the target; NaN before the first fit."""
    said = np.full((len(LEVELS), len(target)), np.nan)
    for ended, block in refits:
        for i, level in enumerate(LEVELS):
            fit = HistGradientBoostingRegressor(loss="quantile", quantile=level, max_iter=100, learning_rate=0.1,
                                                min_samples_leaf=20, random_state=1)
            fit.fit(features[ended], target[ended])
            said[i, block] = fit.predict(features[block])
    return np.sort(said, axis=0)


def xgboost(refits: Refits, features: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Forecasts (point and levels, N) of the logarithm of run time over limit; NaN before the first fit."""
    import xgboost as library
    said = np.full((1 + len(LEVELS), len(share)), np.nan)
    for ended, block in refits:
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


class Kept:
    """What the peers said, in a file: by peer, with fingerprints of what they learned from."""

    def __init__(self, path: str | None, jobs: str, features: str, older_features: bool) -> None:
        self.path, self.jobs, self.features, self.older_features = path, jobs, features, older_features
        self.content = dict(np.load(path)) if path and pathlib.Path(path).exists() else {}

    def get(self, peer: str, say: Callable[[], np.ndarray]) -> np.ndarray:
        jobs, features = self.content.get(f"{peer} of", ("", ""))
        same = jobs == self.jobs and features == self.features
        if same or (jobs == self.jobs and self.older_features):
            if not same:
                print(f"{peer}: kept from older features")
            return self.content[peer]
        self.content |= {peer: say(), f"{peer} of": np.array([self.jobs, self.features])}
        if self.path:
            with open(self.path + ".part", "wb") as file:
                np.savez_compressed(file, **self.content)
            pathlib.Path(self.path + ".part").rename(self.path)
        return self.content[peer]


def fingerprint(*parts: object) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
    return digest.hexdigest()


def measures(truth: np.ndarray, said: np.ndarray) -> list[float]:
    """Accuracy of the point, pinball losses of the levels."""
    return [float(np.mean(np.exp(-np.abs(said[0] - truth))))] + [pinball(truth, q, level) for q, level in zip(said[1:], LEVELS)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--refit-every", type=int, default=1000)
    parser.add_argument("--first-fit", type=int, help="before so many submissions; default: --refit-every")
    parser.add_argument("--window", type=int, default=20_000, help="newest ended jobs that are learned from, at most")
    parser.add_argument("--peers", default="trees,trees+k")
    parser.add_argument("--keep")
    parser.add_argument("--older-features", action="store_true")
    options = parser.parse_args()
    every, window = options.refit_every, options.window
    first = options.first_fit or every
    names, times, values = read(options.file)
    column = {name: values[:, i].astype(np.float64) for i, name in enumerate(names)}
    features = values[:, [i for i, name in enumerate(names) if name.startswith("f")]]
    truth, limit, kernel = column["log_run"], column["log_limit"], column["kernel"]

    refits = Refits(times, first, every, window)

    def of_trees(start: np.ndarray) -> np.ndarray:
        said = np.minimum(trees(refits, features, truth - start) + start, limit)
        return np.vstack([said[:1], said])

    say = {"trees": lambda: of_trees(limit), "trees+k": lambda: of_trees(kernel),
           "xgboost": lambda: np.minimum(xgboost(refits, features, truth - limit) + limit, limit)}
    kept = Kept(options.keep, fingerprint(times, truth, limit, every, window, *([first] if first != every else [])), fingerprint(features, kernel), options.older_features)
    began = time.process_time()
    said = {peer: kept.get(peer, say[peer]) for peer in options.peers.split(",")}
    seconds = time.process_time() - began
    said["model"] = np.vstack([column[name] for name in ("typical", "q50", "q90", "q95")])
    if np.isnan(said["model"]).all():
        print("from dump_features --untrained: without the model")
        del said["model"]
    counted = np.all([~np.isnan(one[0]) for one in said.values()], axis=0)
    print(f"{options.file}: {counted.sum()} of {len(truth)} jobs, from the trees' first fit on; {seconds:.0f} s of processor time")
    print("predictor accuracy   pin.5    pin.9    pin.95")
    table = {peer: measures(truth[counted], one[:, counted]) for peer, one in said.items()}
    for peer, row in table.items():
        print(f"{peer:<9} {row[0]:8.4f} {row[1]:8.4f} {row[2]:8.4f} {row[3]:8.4f}")
    print(f"kernel    {np.mean(np.exp(-np.abs(np.minimum(kernel, limit) - truth)[counted])):8.4f}")
    for i, level in enumerate(LEVELS if "model" in said else []):
        better = [peer for peer, row in table.items() if row[1 + i] < table["model"][1 + i]]
        print(f"at {level} the model is worse than: {', '.join(better) or 'none of them'}")


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Is a recurrent state worth its cost? The model's network in PyTorch, trained online, with and without a GRU over the user's newest jobs.

usage: recurrent_state.py FILE [--seeds N] [--networks plain,gru]
               (FILE from dump_features --pairs; needs python3-torch)

Both networks see the same jobs in the same order and are trained on the same schedule: from 250 submissions on a refit after at most
500 (a tenth of those so far), 64 steps (the first time 150) of 128 jobs that had ended, half of them from the newest 4,000; Adam with
warm-up and a cosine, a decayed mean of the weights serves. The GRU reads the user's newest 32 finished jobs, oldest first, as the pair
features describe them; its last state is added to the job's hidden layer. Run time only; the network alone, without the blend.
"""
import argparse
import math
import os
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

K, N, NEWEST, HIDDEN, PAIR_HIDDEN, STATE = 48, 12, 32, 64, 32, 32
OFFSETS = [0.7, 0.0, -0.35, -0.7, -1.2, -1.8, -2.5, -3.3, -4.2, -5.3, -6.6, -8.2]
KERNEL_LOG_WEIGHT, OWN = 3, 5  # places among the pair features
AT_LEAST, FAR = 2, -1e9
BATCH, FIRST_STEPS, STEPS, RECENT, EVERY = 128, 150, 64, 4000, 500
HEAD = ["log_run", "target", "target_known", "kernel", "bound", "candidates"]


class Network(torch.nn.Module):
    def __init__(self, job: int, pair: int, recurrent: bool) -> None:
        super().__init__()
        self.job1, self.job2 = torch.nn.Linear(job, HIDDEN), torch.nn.Linear(HIDDEN, HIDDEN)
        self.to_pair = torch.nn.Linear(HIDDEN, PAIR_HIDDEN, bias=False)
        self.pair1, self.pair2 = torch.nn.Linear(pair, PAIR_HIDDEN), torch.nn.Linear(PAIR_HIDDEN, PAIR_HIDDEN)
        self.pair_out, self.bin_out = torch.nn.Linear(PAIR_HIDDEN, 3), torch.nn.Linear(HIDDEN, 2 * N)
        self.kernel_weight = torch.nn.Parameter(torch.ones(()))
        for layer in (self.pair_out, self.bin_out):
            torch.nn.init.uniform_(layer.weight, -0.01, 0.01)
            torch.nn.init.zeros_(layer.bias)
        self.gru = torch.nn.GRU(pair, STATE, batch_first=True) if recurrent else None
        if self.gru is not None:
            self.from_state = torch.nn.Linear(STATE, HIDDEN, bias=False)
            torch.nn.init.uniform_(self.from_state.weight, -0.01, 0.01)

    def state(self, pairs: Tensor) -> Tensor:
        """The GRU's state after the newest job; jobs that are not there leave it as it is (they come first, as zeros)."""
        own = pairs[:, :NEWEST] * pairs[:, :NEWEST, OWN:OWN + 1]
        return self.gru(own.flip(1))[1][0]

    def forward(self, job: Tensor, pairs: Tensor, values: Tensor, there: Tensor, bound: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logarithms of weights, centres, widths: (B, K + N)."""
        h = relu(self.job2(relu(self.job1(job))))
        if self.gru is not None:
            h = h + self.from_state(self.state(pairs))
        z = relu(self.pair2(relu(self.pair1(pairs) + self.to_pair(h)[:, None])))
        out, bins = self.pair_out(z), self.bin_out(h)
        score = out[:, :, 0] + self.kernel_weight * 4 * pairs[:, :, KERNEL_LOG_WEIGHT]
        score = torch.where(there, score, torch.tensor(FAR))
        log_weight = torch.log_softmax(torch.cat([score, bins[:, :N] - 5], 1), 1)
        center = torch.cat([values + 0.3 * torch.tanh(out[:, :, 1]), bound[:, None] + torch.tensor(OFFSETS)], 1)
        width = 0.03 + torch.cat([softplus(out[:, :, 2] - 0.8), softplus(bins[:, N:] - 0.3)], 1)
        return log_weight, center, width


def log_likelihood(mixture: tuple[Tensor, Tensor, Tensor], y: Tensor, known: Tensor) -> Tensor:
    log_weight, center, width = mixture
    z = (y[:, None] - center) / width
    density = -math.log(2) - torch.log(width) - z.abs()
    tail = 0.5 * torch.exp(torch.clamp(z, max=0))
    survival = torch.where(z >= 0, -math.log(2) - z, torch.log1p(-tail))
    return torch.logsumexp(log_weight + torch.where((known == AT_LEAST)[:, None], survival, density), 1)


def point(mixture: tuple[Tensor, Tensor, Tensor], bound: Tensor) -> Tensor:
    """Of the centres, bounded, the one with the highest expected min/max (predictor/model/network/mixture.h)."""
    log_weight, center, width = mixture
    center = torch.minimum(center, bound[:, None])
    b = torch.where((width - 1).abs() < 0.02, torch.tensor(0.98), width)[:, None]
    d = (center[:, :, None] - center[:, None, :]).abs()
    expected = ((torch.exp(-d) - b * torch.exp(-d / b)) / (1 - b * b) * torch.exp(log_weight)[:, None]).sum(2)
    return center.gather(1, expected.argmax(1, keepdim=True))[:, 0]


class Table:
    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            rows, *names = file.readline().decode().split()
            kind = np.dtype([("times", "<f8", 2), ("values", "<f4", len(names) - 2)])
            data = np.fromfile(file, kind, int(rows))
        self.times, names = data["times"], names[2:]
        columns = lambda first: torch.from_numpy(data["values"][:, [i for i, n in enumerate(names) if n[0] == first and n[1:].isdigit()]].copy())
        self.head = {name: torch.from_numpy(data["values"][:, names.index(name)].copy()) for name in HEAD}
        self.job, self.values = columns("f"), columns("v")
        self.pairs = columns("p").reshape(len(data), K, -1)
        self.there = columns("k").bool() & (torch.arange(K) < self.head["candidates"][:, None])
        self.pairs[torch.arange(K) >= self.head["candidates"][:, None]] = 0

    def inputs(self, at) -> tuple[Tensor, ...]:
        return self.job[at], self.pairs[at], self.values[at], self.there[at], self.head["bound"][at]


def refit(network: Network, served: Network, optimiser: torch.optim.Optimizer, table: Table, ended: np.ndarray,
          steps: int, done: int, random: np.random.Generator) -> None:
    newest = ended[-RECENT:]
    for step in range(steps):
        batch = np.concatenate([random.choice(newest, BATCH // 2), random.choice(ended, BATCH - BATCH // 2)])
        rate = 1e-3 * min(1, (done + step + 1) / 100) * (0.55 + 0.45 * math.cos(step / steps * math.pi))
        for group in optimiser.param_groups:
            group["lr"] = rate
        loss = -log_likelihood(network(*table.inputs(batch)), table.head["target"][batch], table.head["target_known"][batch]).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1)
        optimiser.step()
        with torch.no_grad():
            for ours, its in zip(served.parameters(), network.parameters()):
                ours += 0.02 * (its - ours)


def run(table: Table, recurrent: bool, seed: int) -> tuple[float, float, float]:
    """Accuracy, nats and seconds of processor time; over the jobs after the first training."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network, served = (Network(table.job.shape[1], table.pairs.shape[2], recurrent) for _ in range(2))
    served.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(network.parameters(), betas=(0.9, 0.99), weight_decay=1e-4)
    jobs, began, done, at = len(table.times), time.process_time(), 0, EVERY // 2
    by_end = np.argsort(table.times[:, 1], kind="stable")
    alike, nats, scored = 0.0, 0.0, 0
    known = table.head["target_known"].numpy() > 0
    first = at
    while at < jobs:
        ended = by_end[table.times[by_end, 1] < table.times[at, 0]]
        ended = ended[known[ended]][-32_768:]
        steps = STEPS if done else FIRST_STEPS
        refit(network, served, optimiser, table, ended, steps, done, random)
        done += steps
        block = slice(at, min(jobs, at + min(max(at // 10, EVERY // 4 + 1), EVERY)))
        with torch.no_grad():
            mixture = served(*table.inputs(block))
            alike += torch.exp(-(point(mixture, table.head["bound"][block]) - table.head["log_run"][block]).abs()).sum().item()
            said = log_likelihood(mixture, table.head["target"][block], table.head["target_known"][block])
            here = table.head["target_known"][block] > 0
            nats -= said[here].sum().item()
            scored += int(here.sum())
        at = block.stop
    return alike / (jobs - first), nats / scored, time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--networks", default="plain,gru")
    options = parser.parse_args()
    torch.set_num_threads(1)
    table = Table(options.file)
    print("seed  network   accuracy  nats    seconds")
    for seed in range(1, options.seeds + 1):
        for name in options.networks.split(","):
            accuracy, nats, seconds = run(table, name == "gru", seed)
            print(f"{seed:<5} {name:<9} {accuracy:8.4f} {nats:7.4f} {seconds:8.0f}", flush=True)


if __name__ == "__main__":
    main()

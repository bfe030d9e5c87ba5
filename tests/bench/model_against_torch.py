#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The network of predictor/model, written once more in PyTorch: outputs, loss and gradients must agree to 1e-4.

usage: model_against_torch.py PATH/TO/dump_network        (needs python3-torch)
"""
import json
import math
import subprocess
import sys

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

K, N, R = 48, 12, 5
OFFSETS = [0.7, 0.0, -0.35, -0.7, -1.2, -1.8, -2.5, -3.3, -4.2, -5.3, -6.6, -8.2]
LEAST_WIDTH, PAIR_WIDTH, BIN_WIDTH, BIN_SCORE, MOST_SHIFT = 0.03, -0.8, -0.3, -5.0, 0.3
KERNEL_LOG_WEIGHT = 3  # its place among the pair features
TOLERANCE = 1e-4
AT_LEAST = 2


def embedding_row(identity: int, hashed: int, buckets: int) -> int:
    bucket = 0 if hashed == 0 else 1 + ((hashed * 2654435769 & 0xFFFFFFFF) >> 8) % (buckets - 1)
    return identity * buckets + bucket


def mixture(w: dict[str, Tensor], sample: dict, buckets: int) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Logarithms of weights, centres and widths of each resource."""
    rows = [embedding_row(i, h, buckets) for i, h in enumerate(sample["identities"])]
    x = torch.cat([torch.tensor(sample["job"], dtype=torch.float64), w["embedding"][rows].flatten()])
    h = relu(relu(x @ w["job1"] + w["job1_bias"][0]) @ w["job2"] + w["job2_bias"][0])
    pairs = torch.tensor(sample["pairs"], dtype=torch.float64).reshape(K, -1)
    u = relu(pairs @ w["pair1"] + h @ w["to_pair"] + w["pair1_bias"][0])
    z = relu(u @ w["pair2"] + w["pair2_bias"][0])
    out = z @ w["pair_out"] + w["pair_out_bias"][0]
    bins = h @ w["bin_out"] + w["bin_out_bias"][0]
    values = torch.tensor(sample["values"], dtype=torch.float64).reshape(K, R)
    there = torch.tensor(sample["known"]).reshape(K, R).bool() & (torch.arange(K) < sample["candidates"])[:, None]
    mixtures = []
    for r in range(R):
        score = out[:, 3 * r] + w["kernel_weight"][0, r] * 4 * pairs[:, KERNEL_LOG_WEIGHT]
        score = torch.where(there[:, r], score, torch.tensor(-math.inf, dtype=torch.float64))
        scores = bins[2 * N * r:2 * N * r + N] + BIN_SCORE
        log_weight = torch.log_softmax(torch.cat([score, scores]), 0)
        center = torch.cat([values[:, r] + MOST_SHIFT * torch.tanh(out[:, 3 * r + 1]),
                            sample["reference"][r] + torch.tensor(OFFSETS, dtype=torch.float64)])
        width = LEAST_WIDTH + torch.cat([softplus(out[:, 3 * r + 2] + PAIR_WIDTH),
                                         softplus(bins[2 * N * r + N:2 * N * (r + 1)] + BIN_WIDTH)])
        mixtures.append((log_weight, center, width))
    return mixtures


def loss_of(log_weight: Tensor, center: Tensor, width: Tensor, y: float, known: int) -> Tensor:
    laplace = torch.distributions.Laplace(center, width)
    value = torch.tensor(y, dtype=torch.float64)
    said = torch.log1p(-laplace.cdf(value)) if known == AT_LEAST else laplace.log_prob(value)
    return -torch.logsumexp(log_weight + said, 0)


def main() -> int:
    dumped = json.loads(subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout)
    flat = torch.tensor(dumped["weights"], dtype=torch.float64, requires_grad=True)
    w = {b["name"]: flat[b["offset"]:b["offset"] + b["rows"] * b["columns"]].reshape(b["rows"], b["columns"])
         for b in dumped["blocks"]}
    loss, output_error = torch.zeros((), dtype=torch.float64), 0.0
    for i, (sample, target) in enumerate(zip(dumped["inputs"], dumped["targets"])):
        for r, said in enumerate(mixture(w, sample, dumped["buckets"])):
            theirs = dumped["mixtures"][i * R + r]
            there = said[0] > -50
            for ours, name in zip(said, ("log_weight", "center", "width")):
                error = (ours - torch.tensor(theirs[name], dtype=torch.float64))[there].abs().max().item()
                output_error = max(output_error, error)
            if target["known"][r] != 0:
                loss = loss + dumped["resource_weights"][r] * loss_of(*said, target["value"][r], target["known"][r])
    loss = loss / len(dumped["inputs"])
    loss.backward()
    gradient = torch.tensor(dumped["gradient"], dtype=torch.float64)
    scale = gradient.abs().max().item()
    gradient_error = (flat.grad - gradient).abs().max().item()
    loss_error = abs(loss.item() - dumped["loss"])
    print(f"outputs differ by at most {output_error:.1e}, the loss {loss.item():.6f} by {loss_error:.1e}, "
          f"{gradient.numel()} gradients (largest {scale:.3f}) by at most {gradient_error:.1e}")
    return 0 if max(output_error, loss_error, gradient_error) < TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())

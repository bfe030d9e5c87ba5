#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Training steps of the same network, batch and optimiser on one thread: ours (train_speed) and PyTorch, in turns.

usage: train_speed_against_torch.py PATH/TO/train_speed [BATCH]        (needs python3-torch)

The network of predictor/model with its default sizes, one resource in the loss; forward, backward, clipping, Adam.
"""
import os
import re
import subprocess
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

K, N, PAIR_OUTPUTS, BIN_OUTPUTS = 48, 12, 16, 128
ROUNDS, STEPS = 5, 40


class Network(torch.nn.Module):
    def __init__(self, job: int, pair: int, hidden: int, pair_hidden: int) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(14, 1)
        self.job1 = torch.nn.Linear(job + 7, hidden)
        self.job2 = torch.nn.Linear(hidden, hidden)
        self.to_pair = torch.nn.Linear(hidden, pair_hidden, bias=False)
        self.pair1 = torch.nn.Linear(pair, pair_hidden)
        self.pair2 = torch.nn.Linear(pair_hidden, pair_hidden)
        self.pair_out = torch.nn.Linear(pair_hidden, PAIR_OUTPUTS)
        self.bin_out = torch.nn.Linear(hidden, BIN_OUTPUTS)
        self.kernel_weight = torch.nn.Parameter(torch.ones(5))

    def loss(self, job: Tensor, names: Tensor, pairs: Tensor, values: Tensor, reference: Tensor, y: Tensor) -> Tensor:
        x = torch.cat([job, self.embedding(names).flatten(1)], 1)
        h = relu(self.job2(relu(self.job1(x))))
        z = relu(self.pair2(relu(self.pair1(pairs) + self.to_pair(h)[:, None])))
        out, bins = self.pair_out(z), self.bin_out(h)
        score = out[:, :, 0] + self.kernel_weight[0] * 4 * pairs[:, :, 3]
        log_weight = torch.log_softmax(torch.cat([score, bins[:, :N] - 5], 1), 1)
        center = torch.cat([values + 0.3 * torch.tanh(out[:, :, 1]), reference.expand(-1, N)], 1)
        width = 0.03 + softplus(torch.cat([out[:, :, 2], bins[:, N:2 * N]], 1))
        said = -torch.log(2 * width) - (y - center).abs() / width
        return -torch.logsumexp(log_weight + said, 1).mean()


def torch_rate(batch: int, features: tuple[int, int, int, int]) -> float:
    """Samples a second, processor time."""
    job, pair, hidden, pair_hidden = features
    torch.manual_seed(1)
    network = Network(job, pair, hidden, pair_hidden)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-6)
    data = (torch.randn(batch, job), torch.randint(14, (batch, 7)), torch.randn(batch, K, pair),
            6 + torch.randn(batch, K), torch.full((batch, 1), 8.2), 6 + torch.randn(batch, 1))
    for step in range(STEPS + 5):
        if step == 5:
            began = time.process_time()
        optimiser.zero_grad(set_to_none=True)
        network.loss(*data).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1)
        optimiser.step()
    return batch * STEPS / (time.process_time() - began)


def main() -> int:
    batch = int(sys.argv[2]) if len(sys.argv) > 2 else 128
    torch.set_num_threads(1)
    features = tuple(int(n) for n in os.environ.get("FORESHAPE_SIZES", "90,33,64,32").split(","))
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        theirs.append(torch_rate(batch, features))  # type: ignore[arg-type]
        said = subprocess.run([sys.argv[1], str(batch)], check=True, capture_output=True, text=True).stdout
        ours.append(max(float(n) for n in re.findall(r"oneDNN .*training +(\d+)", said)))
        print(f"PyTorch {theirs[-1]:8.0f} samples/s   ours {ours[-1]:8.0f}   {ours[-1] / theirs[-1]:.2f} x", flush=True)
    middle = ROUNDS // 2
    print(f"medians: PyTorch {sorted(theirs)[middle]:.0f}, ours {sorted(ours)[middle]:.0f} samples/s: "
          f"{sorted(ours)[middle] / sorted(theirs)[middle]:.2f} x (PyTorch {torch.__version__}, one thread)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

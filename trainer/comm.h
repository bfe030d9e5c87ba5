// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the ranks of a training say to each other: the seam behind which MPI is.
//
// Runs in: offline.
// Threads: main thread only.

#include <cstddef>
#include <span>

namespace foreshape {

/// Every function is called by all ranks, in the same order and with the same sizes. None fails: a peer that
/// is gone ends this rank too (MPI's own error handler), since there is nobody left to agree with.
class Comm {
 public:
  Comm() = default;
  virtual ~Comm() = default;
  Comm(const Comm&) = delete;
  Comm& operator=(const Comm&) = delete;

  virtual std::size_t rank() const = 0;  ///< from 0
  virtual std::size_t ranks() const = 0;
  /// Each number becomes the sum over all ranks: the same bits on all of them, and for the same numbers and
  /// ranks each time.
  virtual void sum(std::span<float> numbers) = 0;
  virtual void sum(std::span<double> numbers) = 0;
  /// all (ranks x one.size() bytes) becomes everybody's `one`, in the order of ranks.
  virtual void gather(std::span<const std::byte> one, std::span<std::byte> all) = 0;
  /// Rank 0's bytes.
  virtual void broadcast(std::span<std::byte> bytes) = 0;
};

/// One rank, alone.
class SoloComm final : public Comm {
 public:
  std::size_t rank() const override { return 0; }
  std::size_t ranks() const override { return 1; }
  void sum(std::span<float> /*numbers*/) override {}
  void sum(std::span<double> /*numbers*/) override {}
  void gather(std::span<const std::byte> one, std::span<std::byte> all) override;
  void broadcast(std::span<std::byte> /*bytes*/) override {}
};

/// True where it is true on all ranks.
bool all_agree(Comm& comm, bool mine);

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/mpi_comm.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
// The C interface only.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

namespace foreshape {
namespace {

// MPI counts in int; pieces of this size are far below it and lose nothing.
constexpr std::size_t kPiece = std::size_t{1} << 26U;

template <class Number>
void sum_pieces(std::span<Number> numbers, MPI_Datatype type) {
  for (std::size_t at = 0; at < numbers.size(); at += kPiece) {
    const auto count = static_cast<int>(std::min(kPiece, numbers.size() - at));
    MPI_Allreduce(MPI_IN_PLACE, numbers.data() + at, count, type, MPI_SUM, MPI_COMM_WORLD);
  }
}

class MpiComm final : public Comm {
 public:
  MpiComm() {
    MPI_Init(nullptr, nullptr);
    int number = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &number);
    rank_ = static_cast<std::size_t>(number);
    MPI_Comm_size(MPI_COMM_WORLD, &number);
    ranks_ = static_cast<std::size_t>(number);
  }
  ~MpiComm() override { MPI_Finalize(); }
  MpiComm(const MpiComm&) = delete;
  MpiComm& operator=(const MpiComm&) = delete;

  std::size_t rank() const override { return rank_; }
  std::size_t ranks() const override { return ranks_; }
  void sum(std::span<float> numbers) override { sum_pieces(numbers, MPI_FLOAT); }
  void sum(std::span<double> numbers) override { sum_pieces(numbers, MPI_DOUBLE); }
  void gather(std::span<const std::byte> one, std::span<std::byte> all) override {
    assert(one.size() < kPiece && all.size() == ranks_ * one.size());
    const auto bytes = static_cast<int>(one.size());
    MPI_Allgather(one.data(), bytes, MPI_BYTE, all.data(), bytes, MPI_BYTE, MPI_COMM_WORLD);
  }
  void broadcast(std::span<std::byte> bytes) override {
    for (std::size_t at = 0; at < bytes.size(); at += kPiece)
      MPI_Bcast(bytes.data() + at, static_cast<int>(std::min(kPiece, bytes.size() - at)), MPI_BYTE, 0,
                MPI_COMM_WORLD);
  }

 private:
  std::size_t rank_ = 0, ranks_ = 1;
};

}  // namespace

std::unique_ptr<Comm> join_ranks() { return std::make_unique<MpiComm>(); }

void abort_all_ranks(int code) {
  MPI_Abort(MPI_COMM_WORLD, code);
  std::abort();
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
// <target> [RUNS]: the seeds, and RUNS mutations of them, always the same ones. For compilers without
// libFuzzer.

#include <algorithm>
#include <random>

#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/seeds.h"

namespace foreshape {
namespace {

class Mutator {
 public:
  explicit Mutator(std::vector<std::string> seeds) : seeds_(std::move(seeds)) {}

  /// A seed with one to eight changes.
  std::string next() {
    std::string bytes = any_seed();
    for (std::size_t i = 1 + below(8); i > 0; --i) change(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }
  const std::string& any_seed() { return seeds_[below(seeds_.size())]; }

  void change(std::string& bytes) {
    const std::size_t at = below(bytes.size() + 1);
    const std::size_t length = below(16);
    switch (below(6)) {
      case 0:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        return;
      case 1:
        bytes.insert(at, length, static_cast<char>(below(256)));
        return;
      case 2:
        bytes.erase(at, length);
        return;
      case 3:
        bytes.resize(at);
        return;
      case 4: {
        const std::string& other = any_seed();
        const std::size_t from = below(other.size() + 1);
        bytes.insert(at, other, from, below(64));
        return;
      }
      default:
        for (std::size_t i = at; i < std::min(at + length, bytes.size()); ++i)
          bytes[i] = static_cast<char>(below(256));
    }
  }

  std::vector<std::string> seeds_;
  std::mt19937_64 random_{1};  // NOLINT(cert-msc51-cpp): the same inputs each time
};

}  // namespace
}  // namespace foreshape

int main(int argc, char** argv) {
  const long runs = argc > 1 ? std::atol(argv[1]) : 10'000;  // NOLINT(cert-err34-c): 0 is fine
  const std::vector<std::string> seeds = foreshape::all_seeds();
  for (const std::string& seed : seeds) foreshape::test_one_input(seed);
  foreshape::test_one_input("");
  foreshape::Mutator mutator(seeds);
  for (long i = 0; i < runs; ++i) foreshape::test_one_input(mutator.next());
  std::printf("%ld mutations\n", runs);
  return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/progress.h"

#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

#include "predictor/base/clock.h"

namespace foreshape {

std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

Progress::Progress(std::string what)
    : what_(std::move(what)),
      terminal_(::isatty(STDERR_FILENO) == 1),
      began_ns_(SystemClock{}.monotonic_ns()) {}

Progress::~Progress() { wipe(); }

double Progress::seconds() const {
  return static_cast<double>(SystemClock{}.monotonic_ns() - began_ns_) / 1e9;
}

void Progress::show(std::uint64_t done, double share) {
  constexpr std::int64_t kPause_ns = 200'000'000;
  if (!terminal_) return;
  const std::int64_t now_ns = SystemClock{}.monotonic_ns();
  if (now_ns < next_ns_) return;
  next_ns_ = now_ns + kPause_ns;
  shown_ = true;
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(done) / (seconds() + 1e-9));
  fmt::print(stderr, "\r\x1B[K{} {}, {} a second", with_commas(done), what_, with_commas(rate));
  if (share > 0) fmt::print(stderr, ", {:.0f} %", share * 100);
  std::fflush(stderr);
}

void Progress::wipe() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1B[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace foreshape

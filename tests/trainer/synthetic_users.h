// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A made-up history of users with habits, of which the noise is known: what a good model must come near to.
//
// Runs in: offline.

#include <algorithm>
#include <cmath>
#include <queue>
#include <random>
#include <vector>

#include "trainer/traced_job.h"

namespace foreshape::test {

/// Each user comes at hours of their own, runs one program for some dozen jobs, changes to another and later
/// comes back to the first. A program takes base x (cpus / 8)^-0.7 seconds, times e^(noise x a normal
/// number); the limit requested says nothing. Memory in the same way. Jobs come in the order of submission,
/// for ever.
class SyntheticUsers {
 public:
  SyntheticUsers(std::size_t users, std::uint32_t seed, double noise) : random_(seed), noise_(noise) {
    for (std::size_t u = 0; u < users; ++u) {
      User user;
      user.hour_s = 3600 * static_cast<UnixSeconds>(6 + whole(14));
      for (std::uint32_t p = 0; p < 4; ++p)
        user.programs.push_back({.name = static_cast<TextHash>(1000 * (u + 1) + p),
                                 .base_s = std::exp(4.5 + 4.5 * real()),
                                 .base_bytes = std::exp(18 + 5 * real())});
      users_.push_back(user);
      next_.emplace(kBegin_s + static_cast<UnixSeconds>(whole(86'400)), u);
    }
  }

  TracedJob next() {
    const auto [now_s, u] = next_.top();
    next_.pop();
    User& user = users_[u];
    if (user.left_of_phase == 0) {
      user.program = whole(4);
      user.left_of_phase = 20 + whole(30);
    }
    --user.left_of_phase;
    const TracedJob job = job_of(now_s, u, user.programs[user.program]);
    next_.emplace(next_submission(user, now_s), u);
    return job;
  }

 private:
  static constexpr UnixSeconds kBegin_s = 1'700'006'400;  // a midnight, UTC
  struct Program {
    TextHash name;
    double base_s, base_bytes;
  };
  struct User {
    UnixSeconds hour_s = 0;
    std::vector<Program> programs;
    std::size_t program = 0;
    std::uint32_t left_of_phase = 0, left_of_day = 0;
  };

  std::uint32_t whole(std::uint32_t below) { return static_cast<std::uint32_t>(random_()) % below; }
  double real() { return static_cast<double>(random_()) * 0x1p-32; }
  /// Box & Muller 1958: the same numbers with every standard library.
  double normal() { return std::sqrt(-2 * std::log(real() + 1e-12)) * std::cos(6.283185307179586 * real()); }

  TracedJob job_of(UnixSeconds now_s, std::size_t u, const Program& program) {
    TracedJob job;
    JobRequest& requested = job.request;
    requested.submit_s = now_s;
    requested.uid = static_cast<UserId>(1000 + u);
    requested.account = static_cast<TextHash>(50 + u % 20);
    requested.partition = 7;
    requested.name = program.name;
    requested.cpus = 1U << whole(6);
    requested.limit_s = 86'400;
    requested.memory_per_node_bytes = std::int64_t{256} << 30U;
    const double size = std::pow(*requested.cpus / 8.0, -0.7);
    JobUsage& used = job.usage;
    used.run_s = std::clamp<std::int64_t>(std::llround(program.base_s * size * std::exp(noise_ * normal())),
                                          1, 86'000);
    used.start_s = now_s + 1 + whole(60);
    used.end_s = used.start_s + used.run_s;
    used.state = JobState::completed;
    used.peak_memory_bytes = std::llround(program.base_bytes * std::exp(noise_ * normal()));
    return job;
  }

  UnixSeconds next_submission(User& user, UnixSeconds now_s) {
    if (user.left_of_day == 0) {
      user.left_of_day = 4 + whole(12);
      return (now_s / 86'400 + 1) * 86'400 + user.hour_s + whole(1800);
    }
    --user.left_of_day;
    return now_s + 120 + whole(2400);
  }

  std::mt19937 random_;
  double noise_;
  std::vector<User> users_;
  using TimeAndUser = std::pair<UnixSeconds, std::size_t>;
  std::priority_queue<TimeAndUser, std::vector<TimeAndUser>, std::greater<>> next_;
};

/// E min / max of a value against the middle of its distribution, e^(noise x normal): 2 e^(s^2 / 2) Phi(-s).
inline double best_accuracy(double noise) {
  return std::exp(noise * noise / 2) * std::erfc(noise / std::sqrt(2.0));
}
/// Pinball loss of the true median, in the logarithm: s / sqrt(2 pi).
inline double best_pinball50(double noise) { return noise / std::sqrt(2 * 3.14159265358979); }

}  // namespace foreshape::test

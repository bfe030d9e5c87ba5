// SPDX-License-Identifier: GPL-2.0-or-later
// Submits small batch jobs at a steady rate, from several threads, and cancels each one again when KEEP
// others have been submitted after it: so the queue keeps its length. Usage: submit_at_rate RATE SECONDS UID
// USERS KEEP   (SLURM_CONF names the cluster; run as root or SlurmUser) Prints one line of JSON: submissions,
// how many a second, how long slurm_submit_batch_job took, in us. tests/bench/submission_load.py drives it.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <slurm/slurm.h>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/small_job.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kThreads = 4;

struct Load {
  double rate = 0;
  double seconds = 0;
  uid_t first_uid = 0;
  int users = 0;
  std::size_t keep = 0;
};

/// One thread's share.
struct Done {
  std::vector<double> took_us;
  std::size_t failed = 0;
  std::size_t late = 0;    // begun more than a second after its time
  Clock::time_point over;  // its last submission
};

/// Submissions number, number + kThreads, ... each at its time, or at once where that is over.
void work(const Load& load, int number, Clock::time_point begin, Done& done) {
  std::deque<std::uint32_t> waiting;
  const auto count = static_cast<int>(load.rate * load.seconds);
  const auto end = begin + std::chrono::duration<double>(load.seconds);
  for (; number < count && Clock::now() < end; number += kThreads) {
    const auto due = begin + std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(number / load.rate));
    std::this_thread::sleep_until(due);
    const auto before = Clock::now();
    if (before - due > std::chrono::seconds(1)) ++done.late;
    const std::uint32_t id =
        foreshape::submit_small_job(number, load.first_uid + static_cast<uid_t>(number % load.users),
                                    60 + static_cast<std::uint32_t>(number % 300));
    done.took_us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - before).count());
    if (id == 0) ++done.failed;
    if (id != 0) waiting.push_back(id);
    if (waiting.size() <= load.keep / kThreads) continue;
    slurm_kill_job(foreshape::CallJobId{waiting.front()}, SIGKILL, 0);
    waiting.pop_front();
  }
  done.over = Clock::now();
  for (const std::uint32_t id : waiting) slurm_kill_job(foreshape::CallJobId{id}, SIGKILL, 0);
}

double quantile(const std::vector<double>& sorted, double q) {
  return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

void print(const std::vector<Done>& parts, Clock::time_point begin) {
  Done all;
  all.over = begin;
  for (const Done& part : parts) {
    all.took_us.insert(all.took_us.end(), part.took_us.begin(), part.took_us.end());
    all.failed += part.failed;
    all.late += part.late;
    all.over = std::max(all.over, part.over);
  }
  const double seconds = std::chrono::duration<double>(all.over - begin).count();
  std::sort(all.took_us.begin(), all.took_us.end());
  std::printf(
      R"({"submissions": %zu, "failed": %zu, "late": %zu, "per_s": %.1f, "p50_us": %.0f, "p90_us": %.0f, )"
      R"("p99_us": %.0f, "p999_us": %.0f, "max_us": %.0f})"
      "\n",
      all.took_us.size(), all.failed, all.late, static_cast<double>(all.took_us.size()) / seconds,
      quantile(all.took_us, 0.5), quantile(all.took_us, 0.9), quantile(all.took_us, 0.99),
      quantile(all.took_us, 0.999), quantile(all.took_us, 1));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: submit_at_rate RATE SECONDS UID USERS KEEP\n");
    return 2;
  }
  const auto number = [&](int i) { return std::strtoul(argv[i], nullptr, 10); };
  const Load load{std::strtod(argv[1], nullptr), std::strtod(argv[2], nullptr), static_cast<uid_t>(number(3)),
                  static_cast<int>(number(4)), number(5)};
  if (load.rate <= 0 || load.users <= 0) {
    std::fprintf(stderr, "submit_at_rate: error: RATE and USERS must be above 0\n");
    return 2;
  }
  std::vector<Done> parts(kThreads);
  std::vector<std::thread> threads;
  const auto begin = Clock::now();
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&, i] { work(load, i, begin, parts[static_cast<std::size_t>(i)]); });
  for (std::thread& thread : threads) thread.join();
  print(parts, begin);
  return 0;
}

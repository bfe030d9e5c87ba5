// SPDX-License-Identifier: GPL-2.0-or-later
// How long it takes to foresee the next submission of every user: profiles full, everybody active today.
//
// Runs in: offline. Usage: arrival_latency [USERS]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/splitmix.h"
#include "predictor/foresight.h"
#include "predictor/model/network/dnnl_products.h"
#include "tests/bench/processor.h"

namespace {

using namespace foreshape;

constexpr UnixSeconds kNow = 1'800'000'000;

/// Full: 64 submissions that were seen and kProfileJobs finished jobs, of a dozen shapes.
void fill(ProfileStore& profiles, UserId uid, std::uint64_t& random) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::uint32_t>(splitmix_next(random) % n); };
  std::vector<std::uint32_t> seconds(kRecentSubmissions + kProfileJobs);
  std::uint32_t at = static_cast<std::uint32_t>(kNow) - below(3600);
  for (std::uint32_t& s : seconds) {
    s = at;
    at -= below(4) == 0 ? below(20'000) : below(60);
  }
  for (std::size_t i = seconds.size(); i-- > 0;) {
    const std::uint32_t shape = below(12);
    if (i < kRecentSubmissions) {
      Submission one;
      one.submit_s = seconds[i];
      one.partition = 7;
      one.nodes = 1 + shape;
      one.cpus = 8 * one.nodes;
      one.limit_s = 3600;
      profiles.add_submission(uid, one);
      continue;
    }
    PastJob job;
    job.job_id = uid * 1000 + static_cast<std::uint32_t>(i);
    job.uid = uid;
    job.submit_s = seconds[i];
    job.start_s = job.submit_s + 10;
    job.run_s = 60 + below(600);
    job.end_s = job.start_s + job.run_s;
    job.partition = 7;
    job.requested_nodes = 1 + shape;
    job.requested_cpus = 8 * job.requested_nodes;
    job.requested_limit_s = 3600;
    job.state = JobState::completed;
    profiles.add_outcome(job);
  }
}

/// Microseconds a user, the best of some passes.
template <class Work>
double best_us(std::size_t users, Work&& work) {
  const SystemClock clock;
  double best = 1e30;
  for (int i = 0; i < 5; ++i) {
    const auto begun_ns = clock.monotonic_ns();
    work();
    best = std::min(best, static_cast<double>(clock.monotonic_ns() - begun_ns) / 1000);
  }
  return best / static_cast<double>(users);
}

double forward_us(const ArrivalModel& model, const std::vector<ArrivalInput>& inputs, std::size_t batch,
                  Products& products) {
  ArrivalState state{model.hidden, batch, false};
  std::vector<const ArrivalInput*> some;
  return best_us(inputs.size(), [&] {
    for (std::size_t first = 0; first < inputs.size(); first += batch) {
      some.clear();
      for (std::size_t i = first; i < std::min(first + batch, inputs.size()); ++i) some.push_back(&inputs[i]);
      forward(model.weights, some, products, state);
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t users = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000;
  ArrivalModel model;
  const ArrivalLayout layout{model.hidden};
  model.weights.resize(layout.total);
  initialise_weights(layout, 1, model.weights);
  ProfileStore profiles;
  std::uint64_t random = 1;
  for (UserId uid = 1; uid <= users; ++uid) fill(profiles, uid, random);

  std::vector<ArrivalInput> inputs(users);
  std::printf("%s\n", processor_and_loops().c_str());
  const double copied =
      best_us(users, [&] { profiles.for_each_active_user(kNow - 86'400, [](const UserActivity&) {}); });
  const double features = best_us(users, [&] {
    std::size_t n = 0;
    profiles.for_each_active_user(kNow - 86'400, [&](const UserActivity& user) {
      compute_arrival_features({kNow, user.submissions, user.jobs, {}}, inputs[n++]);
    });
  });
  std::printf("%zu users; us a user: %.1f profile, %.1f features\n", users, copied, features - copied);
  for (const ArrivalModel* one : {static_cast<const ArrivalModel*>(nullptr), &std::as_const(model)}) {
    const double us = best_us(users, [&] { foresee_jobs(profiles, kNow, 900, 0.1, {one, {}}); });
    std::printf("  all of foresee_jobs, %s: %.1f us a user, %.3f s\n", one != nullptr ? "network" : "gaps",
                us, us * static_cast<double>(users) / 1e6);
  }
  LoopProducts loops;
  DnnlProducts dnnl;
  for (const std::size_t batch : {1U, 4U, 16U, 64U, 256U})
    std::printf("  network, batches of %3zu: %5.2f loops, %5.2f oneDNN\n", batch,
                forward_us(model, inputs, batch, loops), forward_us(model, inputs, batch, dnnl));
  return 0;
}

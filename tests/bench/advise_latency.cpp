// SPDX-License-Identifier: GPL-2.0-or-later
// What one prediction and plan costs on an RPC thread: 150 candidates, all five resources measured.

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <random>

#include "predictor/advice.h"
#include "predictor/baseline/kernel.h"
#include "predictor/model/model_file.h"
#include "predictor/planned_job.h"
#include "predictor/profile/snapshot.h"
#include "tests/bench/processor.h"
#include "tests/predictor/model/made_model.h"

namespace foreshape {
namespace {

std::uint32_t below(std::mt19937& random, std::uint32_t end) {
  return static_cast<std::uint32_t>(random() % end);
}

PastJob job_of(std::mt19937& random, UserId uid, std::uint32_t id) {
  PastJob job;
  job.job_id = id;
  job.uid = uid;
  job.end_s = 1'700'000'000 + id;
  job.submit_s = job.end_s - 5000;
  job.run_s = 1 + below(random, 3600);
  job.name = 1 + below(random, 5);
  job.requested_limit_s = 3600U << below(random, 3);
  job.requested_cpus = 1U << below(random, 4);
  job.requested_memory_kib = 1U << 22U;
  job.used_memory_kib = 1 + below(random, 1U << 22U);
  job.used_read_kib = below(random, 1U << 30U);
  job.used_written_kib = below(random, 1U << 30U);
  job.cpu_efficiency = static_cast<std::uint16_t>(below(random, 10'001));
  job.state = JobState::completed;
  return job;
}

ProfileStore& store_of(std::uint32_t users) {
  static std::uint32_t made_for = 0;
  static ProfileStore store;
  if (made_for == users) return store;
  made_for = users;
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same jobs each time
  SnapshotBuilder builder;
  for (std::uint32_t uid = 0; uid < users; ++uid)
    for (std::uint32_t i = 0; i < kProfileJobs; ++i)
      builder.add(job_of(random, uid, uid * static_cast<std::uint32_t>(kProfileJobs) + i));
  store.replace_base(load_snapshot(builder.bytes(0).value()).value());
  return store;
}

JobRequest request(UserId uid) {
  JobRequest job;
  job.uid = uid;
  job.submit_s = 1'750'000'000;
  job.name = 3;
  job.limit_s = 7200;
  job.cpus = 4;
  job.memory_per_node_bytes = std::int64_t{4} << 30U;
  return job;
}

Policy everything() {
  Policy policy;
  policy.modes.fill(Mode::advise);
  policy.order.mode = OrderMode::on;
  return policy;
}

/// range(0) users in the table; a new one each time, so that jobs come from memory, not from the cache.
void BM_Advise(benchmark::State& state) {
  const auto users = static_cast<std::uint32_t>(state.range(0));
  const ProfileStore& store = store_of(users);
  const Policy policy = everything();
  UserId uid = 0;
  while (state.KeepRunning()) {
    uid = (uid + 7919) % users;
    benchmark::DoNotOptimize(predict_and_plan(request(uid), store, policy, 1000));
  }
}
BENCHMARK(BM_Advise)->Arg(1)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMicrosecond);

/// FORESHAPE_MODEL's file; else an untrained network of the usual sizes.
const ServedModel& served() {
  static const ServedModel model = [] {
    const char* path = std::getenv("FORESHAPE_MODEL");  // NOLINT(concurrency-mt-unsafe): one thread
    Model made = path != nullptr ? read_model(path).value() : test::made_model(1, NetworkSizes{});
    auto blends = made.blends;
    return ServedModel{std::make_shared<const ServingNetwork>(std::move(made)), blends};
  }();
  return model;
}

/// The same with the trained model: features, network, quantiles and blend of what it serves; 10 live jobs.
void BM_AdviseByModel(benchmark::State& state) {
  const auto users = static_cast<std::uint32_t>(state.range(0));
  const ProfileStore& store = store_of(users);
  const Policy policy = everything();
  const std::vector<LiveJob> live(10, {.submit_s = 1'749'999'000, .limit_s = 7200, .cpus = 4});
  UserId uid = 0;
  while (state.KeepRunning()) {
    uid = (uid + 7919) % users;
    const PlannedJob planned =
        predict_and_plan(request(uid), store, policy, 1000, {&served(), live, nullptr, {}});
    if (planned.model_outcome != ModelOutcome::answered) return state.SkipWithError("the model said nothing");
  }
}
BENCHMARK(BM_AdviseByModel)->Arg(1)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMicrosecond);

/// Its parts, for one user.
void BM_Features(benchmark::State& state) {
  const ProfileStore& store = store_of(1);
  Candidates candidates;
  gather(request(0), store, candidates);
  const Prediction kernel = predict_kernel(request(0), candidates);
  const JobRequest job = request(0);
  ModelInput input;
  while (state.KeepRunning()) {
    compute_features({job, candidates, kernel, {}}, input);
    benchmark::DoNotOptimize(input);
  }
}
BENCHMARK(BM_Features)->Unit(benchmark::kMicrosecond);

void BM_NetworkAndForecasts(benchmark::State& state) {
  const ProfileStore& store = store_of(1);
  const JobRequest job = request(0);
  Candidates candidates;
  gather(job, store, candidates);
  KernelVotes votes;
  const Prediction kernel = predict_kernel(job, candidates, votes);
  const auto work = served().network->borrow();
  while (state.KeepRunning()) {
    if (served().network->forecast({job, candidates, kernel, {}}, votes, *work) != ModelOutcome::answered)
      return state.SkipWithError("the model said nothing");
    benchmark::DoNotOptimize(*work);
  }
}
BENCHMARK(BM_NetworkAndForecasts)->Unit(benchmark::kMicrosecond);

/// A user without history: the cluster's jobs and the prior.
void BM_AdviseStranger(benchmark::State& state) {
  const ProfileStore& store = store_of(1'000);
  const Policy policy = everything();
  while (state.KeepRunning())
    benchmark::DoNotOptimize(predict_and_plan(request(UINT32_MAX), store, policy, 1000));
}
BENCHMARK(BM_AdviseStranger)->Unit(benchmark::kMicrosecond);

void BM_AdviceText(benchmark::State& state) {
  const ProfileStore& store = store_of(1'000);
  const JobRequest job = request(7);
  const Plan plan = predict_and_plan(job, store, everything(), 1000).plan;
  while (state.KeepRunning()) benchmark::DoNotOptimize(advice_text(job, "relax_01", store, plan));
}
BENCHMARK(BM_AdviceText)->Unit(benchmark::kMicrosecond);

void BM_NewestJobs(benchmark::State& state) {
  const ProfileStore& store = store_of(10'000);
  std::array<PastJob, kProfileJobs> jobs;
  UserId uid = 0;
  while (state.KeepRunning()) {
    uid = (uid + 7919) % 10'000;
    benchmark::DoNotOptimize(store.newest_jobs(ProfileGroup::user, uid, jobs));
  }
}
BENCHMARK(BM_NewestJobs)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace foreshape

int main(int argc, char** argv) {
  benchmark::AddCustomContext("processor", foreshape::processor_and_loops());
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

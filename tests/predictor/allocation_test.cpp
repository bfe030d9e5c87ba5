// SPDX-License-Identifier: GPL-2.0-or-later
// A prediction allocates nothing, whoever makes it: this test's binary counts every operator new.

#include <cstdlib>
#include <gtest/gtest.h>
#include <new>

#include "predictor/planned_job.h"
#include "tests/predictor/model/made_model.h"

namespace {
thread_local std::size_t allocations = 0;
}

// Never inlined: where g++ 14 sees malloc on one side only, it warns of new and free that do not match.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace foreshape {
namespace {

void add_history(ProfileStore& store, UserId uid) {
  for (std::uint32_t i = 1; i <= kProfileJobs; ++i) {
    PastJob past;
    past.job_id = i;
    past.uid = uid;
    past.submit_s = 1'000'000 + 100 * i;
    past.start_s = past.submit_s;
    past.run_s = 600 + 10 * (i % 7);
    past.end_s = past.start_s + past.run_s;
    past.requested_limit_s = 3600U << (i % 3);
    past.requested_cpus = 4;
    past.requested_memory_kib = 1U << 20U;
    past.used_memory_kib = 1U << 18U;
    past.state = JobState::completed;
    store.add_outcome(past);
  }
}

TEST(Advise, AllocatesNothing) {
  ProfileStore store;
  add_history(store, 1000);
  Policy policy;
  policy.order.mode = OrderMode::on;
  Model made = test::made_model();
  const auto blends = made.blends;
  const ServedModel model{std::make_shared<const ServingNetwork>(std::move(made)), blends};
  const std::vector<LiveJob> live(kMaxLiveJobs, {.submit_s = 1'015'000, .limit_s = 3600, .cpus = 4});
  for (const UserId uid : {1000U, 5U}) {  // with a history of his own; a stranger
    JobRequest job;
    job.uid = uid;
    job.submit_s = 1'020'000;
    job.limit_s = 3600;
    job.cpus = 4;
    job.memory_per_node_bytes = std::int64_t{1} << 30U;
    const std::size_t before = allocations;
    const PlannedJob kernel = predict_and_plan(job, store, policy, 64);
    const PlannedJob both = predict_and_plan(job, store, policy, 64, {&model, live, nullptr, {}});
    EXPECT_EQ(allocations - before, 0U);
    EXPECT_EQ(both.model_outcome, ModelOutcome::answered);
    EXPECT_TRUE(kernel.prediction.of(Resource::run_time).known());
  }
}

}  // namespace
}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/arrival.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

constexpr UnixSeconds kNow = 1'800'000'000;

/// Submissions so many seconds before now.
std::vector<Submission> submitted(const std::vector<std::int64_t>& ago) {
  std::vector<Submission> all;
  for (const std::int64_t s : ago) {
    Submission one;
    one.submit_s = static_cast<std::uint32_t>(kNow - s);
    all.push_back(one);
  }
  return all;
}

/// Every `gap` seconds, the last one `silence` seconds ago.
std::vector<Submission> regular(std::int64_t gap, std::int64_t silence, int count = 20) {
  std::vector<std::int64_t> ago;
  for (int i = 0; i < count; ++i) ago.push_back(silence + i * gap);
  return submitted(ago);
}

double probability(const std::vector<Submission>& submissions, std::int64_t window_s) {
  return next_arrival(submissions, {}, kNow, window_s).probability;
}

TEST(NextArrival, IsAsSureAsTheGapsAreRegular) {
  const struct {
    const char* why;
    std::int64_t gap, silence, window;
    double least, most;
  } cases[] = {
      {"due within the window", 600, 100, 900, 0.75, 1.0},
      {"not yet due", 3600, 60, 900, 0.0, 0.1},
      {"due long after the window", 5000, 100, 900, 0.0, 0.1},
      {"due at the window's end", 1000, 100, 900, 0.5, 0.7},
      {"long overdue: the user has stopped", 600, 36'000, 900, 0.0, 0.02},
      {"a little late", 600, 700, 900, 0.5, 0.9},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const double p = probability(regular(c.gap, c.silence), c.window);
    EXPECT_GE(p, c.least);
    EXPECT_LE(p, c.most);
  }
}

TEST(NextArrival, NewHabitsWeighMoreThanOldOnes) {
  std::vector<std::int64_t> ago = {10};
  for (int i = 0; i < 20; ++i) ago.push_back(ago.back() + 100);
  for (int i = 0; i < 20; ++i) ago.push_back(ago.back() + 10'000);
  const double now_often = probability(submitted(ago), 300);
  EXPECT_GT(now_often, 0.6);
  std::vector<std::int64_t> reverse = {10};
  for (int i = 0; i < 20; ++i) reverse.push_back(reverse.back() + 10'000);
  for (int i = 0; i < 20; ++i) reverse.push_back(reverse.back() + 100);
  EXPECT_LT(probability(submitted(reverse), 300), 1 - now_often + 0.05);
}

TEST(NextArrival, TakesABurstAsOneEvent) {
  const Arrival burst = next_arrival(submitted({50, 50, 50, 50, 650, 650, 650}), {}, kNow, 900);
  EXPECT_EQ(burst.gaps, 1U);
  EXPECT_EQ(burst.probability, probability(submitted({50, 650}), 900));
}

TEST(NextArrival, CountsAJobOnceThatIsBothRememberedAndFinished) {
  PastJob job;
  job.submit_s = static_cast<std::uint32_t>(kNow - 599);  // Slurm's clock: a second later than ours
  const Arrival next = next_arrival(submitted({0, 600}), std::vector{job}, kNow, 900);
  EXPECT_EQ(next.gaps, 1U);
}

TEST(NextArrival, LooksAtNothingThatIsStillToCome) {
  auto submissions = regular(600, 100);
  const double before = probability(submissions, 900);
  Submission future;
  future.submit_s = static_cast<std::uint32_t>(kNow + 5);
  future.cpus = 99;
  submissions.insert(submissions.begin(), future);
  EXPECT_EQ(probability(submissions, 900), before);
  EXPECT_NE(next_arrival(submissions, {}, kNow, 900).shape.cpus, 99U);
}

TEST(NextArrival, KnowsNothingOfAStranger) {
  const Arrival next = next_arrival({}, {}, kNow, 900);
  EXPECT_EQ(next.probability, 0);
  EXPECT_EQ(next.gaps, 0U);
}

TEST(NextArrival, HasTheShapeOfTheLastSubmission) {
  PastJob older;
  older.submit_s = static_cast<std::uint32_t>(kNow - 900);
  older.name = 5;
  older.run_s = 77;
  older.state = JobState::completed;
  older.requested_cpus = 8;
  auto submissions = submitted({100});
  submissions[0].cpus = 4;
  submissions[0].name = 5;
  submissions[0].limit_s = 3600;
  const struct {
    const char* why;
    std::uint32_t predicted;
    TextHash name;
    bool has_past;
    std::uint32_t want;
  } cases[] = {
      {"what was predicted then", 123, 5, true, 123},
      {"else what jobs of that name took", 0, 5, true, 77},
      {"else what any took", 0, 6, true, 77},
      {"else the limit", 0, 6, false, 3600},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    submissions[0].predicted_run_s = c.predicted;
    submissions[0].name = c.name;
    const std::vector<PastJob> past = c.has_past ? std::vector{older} : std::vector<PastJob>{};
    const Arrival next = next_arrival(submissions, past, kNow, 900);
    EXPECT_EQ(next.shape.cpus, c.has_past && c.name == 5 ? 8U : 4U)
        << "more than requested if Slurm gave more";
    EXPECT_EQ(next.shape.predicted_run_s, c.want);
  }
  EXPECT_EQ(next_arrival({}, std::vector{older}, kNow, 900).shape.cpus, 8U);
}

}  // namespace
}  // namespace foreshape

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <gtest/gtest.h>

#include "predictor/model/model_file.h"
#include "tests/predictor/model/made_model.h"
#include "tests/trainer/patient_users.h"
#include "trainer/arrival_task.h"
#include "trainer/checkpoint.h"
#include "trainer/trained_arrivals.h"

namespace foreshape {
namespace {

using test::job_at;
using test::patient_users;

ArrivalLanes lanes_of(const std::vector<TracedJob>& jobs, const HistoryWindows& windows,
                      const ArrivalSampleSettings& settings = {}, std::size_t rank = 0,
                      std::size_t ranks = 1) {
  ArrivalCollector collector{windows, settings, rank, ranks};
  for (std::size_t i = 0; i < windows.judge_end; ++i) collector.take(jobs[i]);
  collector.finish(windows.judge_end < jobs.size() ? jobs[windows.judge_end].request.submit_s : 0);
  ArrivalLanes lanes = std::move(collector.lanes());
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    lanes.learn_sizes[lane] = lanes.learn[lane].size();
    lanes.samples += lanes.learn[lane].size();
    lanes.judges += lanes.judge[lane].size();
  }
  return lanes;
}

bool same(const ArrivalSample& a, const ArrivalSample& b) {
  return a.input.x == b.input.x && a.input.prior == b.input.prior && a.target.bin == b.target.bin &&
         a.target.came == b.target.came && a.target.shape == b.target.shape;
}

TEST(ArrivalCollector, WhatComesLaterNeverChangesASample) {
  const auto jobs = patient_users(600);
  const HistoryWindows windows{400, 500};
  const ArrivalLanes lanes = lanes_of(jobs, windows);
  const ArrivalLanes again = lanes_of(test::with_another_future(jobs, 400), windows);
  ASSERT_GT(lanes.samples, 700U) << "each job has its submission, its pause and its end";
  ASSERT_EQ(lanes.samples, again.samples);
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    ASSERT_TRUE(std::ranges::equal(lanes.learn[lane], again.learn[lane], same)) << lane;
}

TEST(ArrivalCollector, AnyNumberOfRanksHasTheSameSamplesBetweenThem) {
  const auto jobs = patient_users(400);
  const HistoryWindows windows{300, 400};
  const ArrivalLanes all = lanes_of(jobs, windows);
  for (const std::size_t ranks : {2U, 3U})
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      const ArrivalLanes lanes = lanes_of(jobs, windows, {}, rank, ranks);
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const bool mine = rank_of_lane(lane, ranks) == rank;
        ASSERT_EQ(lanes.learn[lane].size(), mine ? all.learn[lane].size() : 0);
        if (!mine) continue;
        ASSERT_TRUE(std::ranges::equal(lanes.learn[lane], all.learn[lane], same));
        ASSERT_TRUE(std::ranges::equal(lanes.judge[lane], all.judge[lane], same));
      }
    }
}

TEST(ArrivalCollector, KeepsWithinItsBounds) {
  const auto jobs = patient_users(900);
  ArrivalSampleSettings settings;
  settings.samples = 2 * kLanes;
  EXPECT_EQ(lanes_of(jobs, {800, 900}, settings).samples, 2 * kLanes);
  settings = {};
  settings.jobs = 100;
  const std::uint64_t few = lanes_of(jobs, {800, 900}, settings).samples;
  EXPECT_GT(few, 150U);
  EXPECT_LT(few, 500U) << "the moments of about a hundred jobs";
}

TEST(ArrivalCollector, SilenceUntilTheWindowsEndIsABound) {
  std::vector<TracedJob> jobs = {job_at(1'000'000, 1, 4, 50), job_at(1'000'100, 2, 4, 50)};
  const ArrivalLanes lanes = lanes_of(jobs, {2, 2});
  std::size_t silent = 0;
  for (const auto& lane : lanes.learn)
    for (const ArrivalSample& sample : lane) silent += sample.target.came ? 0 : 1;
  EXPECT_EQ(silent, 2U) << "user 1's submission and the job's end";
}

FitSettings small_settings() {
  FitSettings settings;
  settings.batch = 64;
  settings.steps = 400;
  settings.judge_every = 50;
  settings.adam.rate = 5e-3F;
  return settings;
}

FitState run_to_the_end(Fit& fit, std::vector<FitState>* states = nullptr) {
  FitWatch watch;
  if (states != nullptr) {
    watch.save_due = [] { return true; };
    watch.save = [states](const FitState& state) -> Result<void> {
      states->push_back(state);
      return {};
    };
  }
  const auto end = fit.run(watch);
  EXPECT_TRUE(end) << end.error().message;
  return fit.state();
}

TEST(ArrivalTask, GoesOnFromAnyStepToTheSameBits) {
  const ArrivalLanes lanes = lanes_of(patient_users(300), {250, 300});
  FitSettings settings = small_settings();
  settings.steps = 12;
  settings.judge_every = 5;
  SoloComm solo;
  ArrivalTask task{16, settings.batch, lanes, std::make_unique<LoopProducts>()};
  Fit whole{settings, task, solo};
  whole.begin();
  std::vector<FitState> states;
  const FitState last = run_to_the_end(whole, &states);
  ASSERT_EQ(states.size(), 12U);
  for (const std::size_t step : {0U, 4U, 9U}) {
    Fit rest{settings, task, solo};
    auto state = parse_checkpoint(checkpoint_bytes("it", states[step]), "it", task.weights());
    ASSERT_TRUE(state) << state.error().message;
    rest.resume(std::move(*state));
    EXPECT_EQ(checkpoint_bytes("", run_to_the_end(rest)), checkpoint_bytes("", last));
  }
}

class ArrivalsOfAHistory : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/foreshape_arrivals_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    auto writer = DatasetWriter::create(folder_ + "/jobs.h5", {});
    for (const TracedJob& job : patient_users(1500)) ASSERT_TRUE(writer->add(job));
    ASSERT_TRUE(writer->finish());
    reader_ = std::make_unique<DatasetReader>(std::move(*DatasetReader::open(folder_ + "/jobs.h5")));
    auto lanes = collect_arrivals(*reader_, windows_, {}, solo_, {}, [](std::uint64_t) {});
    ASSERT_TRUE(lanes) << lanes.error().message;
    lanes_ = std::move(*lanes);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  HistoryWindows windows_{1200, 1500};
  SoloComm solo_;
  std::unique_ptr<DatasetReader> reader_;
  ArrivalLanes lanes_;
};

TEST_F(ArrivalsOfAHistory, AreLearntJudgedAndPutIntoTheModel) {
  const FitSettings settings = small_settings();
  ArrivalTask task{16, settings.batch, lanes_, std::make_unique<LoopProducts>()};
  Fit fit{settings, task, solo_};
  fit.begin();
  ArrivalModel arrivals;
  arrivals.hidden = 16;
  arrivals.weights = run_to_the_end(fit).best;
  Model model = test::made_model();
  const auto added = add_trained_arrivals(*reader_, windows_, lanes_, arrivals, model);
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_TRUE(added->reasons.empty()) << added->reasons[0];
  const ArrivalScores& scores = added->scores;
  EXPECT_NEAR(static_cast<double>(scores.models[0].nats.n), 297, 3);
  EXPECT_LT(scores.models[0].nats.mean(), scores.simple.nats.mean() - 0.1);
  ASSERT_TRUE(model.arrivals);
  EXPECT_EQ(model.arrivals->golden.size(), 8U);
  EXPECT_TRUE(verify(*parse_model(model_bytes(model).value())));
  EXPECT_EQ(std::ranges::count(model.card.metrics, "arrivals.nats", &ModelMetric::name), 3);
}

TEST_F(ArrivalsOfAHistory, ThatAreNoBetterThanTheSimpleForecastAreLeftOut) {
  ArrivalModel arrivals;
  arrivals.weights.resize(ArrivalLayout{arrivals.hidden}.total);
  initialise_weights(ArrivalLayout{arrivals.hidden}, 1, arrivals.weights);
  for (float& w :
       std::span{arrivals.weights}.subspan(ArrivalLayout{arrivals.hidden}.prior_weight.offset, kArrivalBins))
    w = 0.2F;  // worse than what it begins from
  Model model = test::made_model();
  const auto added = add_trained_arrivals(*reader_, windows_, lanes_, arrivals, model);
  ASSERT_TRUE(added) << added.error().message;
  ASSERT_FALSE(added->reasons.empty());
  EXPECT_NE(added->reasons[0].find("nats"), std::string::npos);
  EXPECT_FALSE(model.arrivals);
  EXPECT_TRUE(verify(model));
}

}  // namespace
}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/served_model.h"

#include <gtest/gtest.h>
#include <limits>
#include <thread>

#include "predictor/baseline/kernel.h"
#include "predictor/model/blend_file.h"
#include "predictor/model/blend_wire.h"
#include "tests/predictor/model/made_model.h"

namespace foreshape {
namespace {

using test::made_model;

/// A user with thirty finished jobs, and the next one.
struct Moment {
  Moment() {
    for (std::uint32_t i = 1; i <= 30; ++i) {
      PastJob past;
      past.job_id = i;
      past.uid = 1000;
      past.submit_s = 1'000'000 + 100 * i;
      past.start_s = past.submit_s;
      past.run_s = 600 + 10 * i;
      past.end_s = past.start_s + past.run_s;
      past.requested_limit_s = 3600;
      past.requested_cpus = 4;
      past.name = 7 + i % 2;
      past.state = JobState::completed;
      store.add_outcome(past);
    }
    job.uid = 1000;
    job.submit_s = 1'010'000;
    job.limit_s = 3600;
    job.cpus = 4;
    job.name = 7;
    gather(job, store, candidates);
    kernel = predict_kernel(job, candidates, votes);
  }
  JobMoment moment() const { return {job, candidates, kernel, {}}; }

  ProfileStore store;
  JobRequest job;
  Candidates candidates;
  Prediction kernel;
  KernelVotes votes;
};

ServedModel served(Model model) {
  model.checksum = 42;
  auto blends = model.blends;
  return {std::make_shared<const ServingNetwork>(std::move(model)), blends};
}

struct Word {
  ModelOutcome word;
  Prediction prediction;
  BlendLesson lesson;
};
Word ask(const ServedModel& model, const Moment& m) {
  Word out{ModelOutcome::none, m.kernel, {}};
  out.word = improve(model, m.moment(), m.votes, out.prediction, out.lesson);
  return out;
}

TEST(Improve, MixesTheNetworkInByTheBlendOfTheUser) {
  const Moment m;
  const ServedModel model = served(made_model());
  const Word said = ask(model, m);
  ASSERT_EQ(said.word, ModelOutcome::answered);
  EXPECT_EQ(said.prediction.model, 42U);
  const Forecast& kernel = m.kernel.of(Resource::run_time);
  PointChoices any{};
  any.size = 1;
  const Forecast mixed =
      mix(model.blends[0].leads_of(1000), said.lesson.job, kernel, said.lesson.network, any);
  EXPECT_EQ(said.lesson.job.precedent, Precedent::enough) << "fifteen of the thirty have the name";
  EXPECT_EQ(said.prediction.of(Resource::run_time).quantiles, mixed.quantiles);
  EXPECT_NE(mixed.quantiles, kernel.quantiles);
  EXPECT_EQ(said.prediction.of(Resource::peak_memory).jobs, m.kernel.of(Resource::peak_memory).jobs)
      << "the kernel knows no memory: the network is not asked";
}

TEST(Improve, IsCarefulWithATailForWhichThereIsNoPrecedent) {
  Moment m;
  m.job.name = 99;
  m.kernel = predict_kernel(m.job, m.candidates, m.votes);
  const Word said = ask(served(made_model()), m);
  ASSERT_EQ(said.word, ModelOutcome::answered);
  EXPECT_EQ(said.lesson.job.precedent, Precedent::none);
  constexpr std::size_t kQ95 = 8;
  const float network = said.lesson.network.quantiles[kQ95];
  const float kernel = m.kernel.of(Resource::run_time).quantiles[kQ95];
  EXPECT_NEAR(said.prediction.of(Resource::run_time).quantiles[kQ95], std::max(network, kernel), 1);
}

TEST(Improve, LeavesWhomTheKernelSuitsToTheKernel) {
  const Moment m;
  Model model = made_model();
  const BlendLead lead{{-1, -1, -1}, {1, 1, 1}, {0, 1e5F, 1e5F, 1e5F, 1e5F}, 500};
  model.blends[0] = {lead, {{1000, lead}}};
  const Word said = ask(served(std::move(model)), m);
  const Forecast &kernel = m.kernel.of(Resource::run_time), &now = said.prediction.of(Resource::run_time);
  EXPECT_NEAR(now.typical, kernel.typical, 1e-3F * kernel.typical);
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i)
    EXPECT_NEAR(now.quantiles[i], kernel.quantiles[i], 1e-3F * kernel.quantiles[i]);
}

TEST(Improve, LeavesThePredictionAloneWhereTheNetworkSaysNoNumber) {
  const Moment m;
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Model model = made_model();
    std::ranges::fill(model.weights, bad);
    const Word said = ask(served(std::move(model)), m);
    EXPECT_EQ(said.word, ModelOutcome::unusable);
    EXPECT_EQ(said.prediction.model, 0U);
    EXPECT_EQ(said.prediction.of(Resource::run_time).quantiles, m.kernel.of(Resource::run_time).quantiles);
  }
}

TEST(Improve, AsksNothingWhereTheKernelKnowsNothing) {
  Moment m;
  m.candidates = {};
  m.kernel = {};
  EXPECT_EQ(ask(served(made_model()), m).word, ModelOutcome::none);
}

TEST(Improve, SaysTheSameFromManyThreadsOrIsBusy) {
  const Moment m;
  const ServedModel model = served(made_model());
  const Word alone = ask(model, m);
  std::atomic<int> said{0}, other{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const Word word = ask(model, m);
        if (word.word == ModelOutcome::busy) continue;
        ++said;
        const bool same = word.prediction.of(Resource::run_time).quantiles ==
                          alone.prediction.of(Resource::run_time).quantiles;
        if (!same) ++other;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(said, 0);
  EXPECT_EQ(other, 0);
}

TEST(BlendFile, ComesBackAndNoDamageIsTakenForIt) {
  BlendState state{7, made_model().blends};
  const std::string bytes = blend_bytes(state);
  EXPECT_EQ(parse_blend(bytes).value(), state);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_FALSE(parse_blend(damaged)) << at;
    EXPECT_FALSE(parse_blend(bytes.substr(0, at)));
  }
  state.blends[0].everybody.jobs = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(parse_blend(blend_bytes(state)));
}

TEST(BlendFile, OfAnEarlierBlendIsReadAsOneThatHasLearnedNothing) {
  flatbuffers::FlatBufferBuilder builder;
  const fb::BlendUser everybody{0, 2.5F, 1.5F, 300}, user{1000, -3, 4, 50};
  builder.Finish(fb::CreateBlendOfResource(builder, 0, &everybody, builder.CreateVectorOfStructs(&user, 1)));
  std::array<BlendTable, kResources> blends;
  const auto wrong =
      read_blend(*flatbuffers::GetRoot<fb::BlendOfResource>(builder.GetBufferPointer()), blends);
  EXPECT_FALSE(wrong.has_value());
  EXPECT_EQ(blends[0], BlendTable{});
}

TEST(BlendFile, HasWhatTheBlendLearned) {
  Blend blend{made_model().blends[0]};
  Forecast kernel, network;
  kernel.jobs = network.jobs = 1;
  kernel.quantiles.fill(100);
  network.quantiles.fill(200);
  BlendLesson lesson{kernel, network, {100, 100, 100, 200, 200}, {Precedent::enough, kNoBound, 1}};
  blend.learn(1000, lesson, 200);
  blend.learn(77, lesson, 100);
  const BlendTable table = blend.table();
  EXPECT_EQ(table.users.size(), 3U);
  EXPECT_GT(table.of(1000).share[1], made_model().blends[0].of(1000).share[1]);
  EXPECT_LT(table.of(77).share[1], 0);
  EXPECT_EQ(Blend{table}.table(), table);
  lesson.job.precedent = Precedent::few;
  blend.learn(77, lesson, 900);
  const BlendState state{7, {blend.table()}};
  EXPECT_GT(state.blends[0].widenings[1].by, 0);
  EXPECT_EQ(parse_blend(blend_bytes(state)).value(), state);
  EXPECT_EQ(table.of(5), BlendLead{});
}

}  // namespace
}  // namespace foreshape

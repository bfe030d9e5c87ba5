// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_sentences.h"

#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tools/replay/site_front.h"
#include "tools/replay/site_json.h"
#include "tools/replay/site_omissions.h"

namespace foreshape {
namespace {

ReplayRun run(const char* policy, std::uint64_t seed, double mean_wait_s, double max_wait_s) {
  ReplayRun r;
  r.trace = "lab";
  r.policy = policy;
  r.predictor = "kernel";
  r.seed = seed;
  r.jitter_s = 59;
  r.metrics.jobs = 1'200;
  r.metrics.mean_wait_s = mean_wait_s;
  r.metrics.p95_wait_s = 3 * mean_wait_s;
  r.metrics.max_wait_s = max_wait_s;
  r.metrics.short_jobs = 1'000;
  r.metrics.class_jobs = {1'000, 100, 0, 100};
  r.metrics.class_wait_s = {mean_wait_s / 2, mean_wait_s, 0, 4 * 3'600.0};
  return r;
}

constexpr const char* kLever = "with Order=on";

std::vector<ReplayRun> five_runs() {
  std::vector<ReplayRun> runs;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto s = static_cast<double>(seed);
    runs.push_back(run("Slurm as it is", seed, 2'700 + 10 * s, 42'480));
    runs.push_back(run(kLever, seed, 1'000 + 10 * s, 51'480));
    runs.back().fairness = {0.8, 0.08};
    // Wide and long jobs: a long time more, in each run.
    runs.back().metrics.class_wait_s[3] = 5.1 * 3'600;
  }
  return runs;
}

SiteReport report_of(const std::vector<ReplayRun>& runs) {
  SiteReport report;
  report.cluster = "lab";
  report.source = "the store";
  report.window = site_window(1'800'000'000, 4, 4);
  report.machine.nodes = 64;
  report.machine.cpus = 4'096;
  report.actual = {1'200, 2'900, 43'000};
  report.measured_jobs = 1'200;
  report.learned_jobs = 1'100;
  report.measured_users = 25;
  report.jitter_s = 59;
  report.outcome = site_outcome(runs);
  report.not_modelled = {"PriorityWeightQOS=1000", "reservations"};
  report.left_out = {"3 jobs (no run time)"};
  return report;
}

bool has(const std::vector<std::string>& sentences, const std::string& wanted) {
  for (const std::string& sentence : sentences)
    if (sentence.find(wanted) != std::string::npos) return true;
  return false;
}

std::string all_of(const SiteReport& report) { return site_text(site_sentences(report)); }

void expect_80_columns(const std::string& text) {
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

}  // namespace

TEST(WaitWords, AreAsPeopleSayThem) {
  const struct {
    double seconds;
    const char* words;
  } cases[] = {{0, "0 s"},        {35.4, "35 s"},     {99.6, "2 min"},
               {2'700, "45 min"}, {42'480, "11.8 h"}, {400'000, "4.6 days"},
               {-5, "0 s"},       {NAN, "not known"}, {INFINITY, "not known"}};
  for (const auto& c : cases) EXPECT_EQ(wait_words(c.seconds), c.words);
  EXPECT_EQ(wait_words(1'200, 42'480), "0.3 h") << "two waits that are compared have one unit";
}

TEST(SiteSentences, SayGainsAndCosts) {
  const SiteSentences said = site_sentences(report_of(five_runs()));
  ASSERT_EQ(said.levers.size(), 1U);
  const LeverSentences& lever = said.levers[0];
  EXPECT_EQ(lever.policy, kLever);
  EXPECT_EQ(lever.gains[0], "mean wait 46 min -> 17 min (17 min to 18 min in 5 runs)");
  EXPECT_EQ(lever.gains[1], "80 % of 25 users fare better (slowdown at least 5 % lower)");
  EXPECT_EQ(lever.costs[0], "8 % of 25 users fare worse (slowdown at least 5 % higher)");
  EXPECT_EQ(lever.costs[1], "longest wait 11.8 h -> 14.3 h");
  EXPECT_TRUE(
      has(lever.costs,
          "a tenth of the machine or more, an hour or longer (100): mean wait 4.0 h -> 5.1 h, +66 min"));
  EXPECT_TRUE(has(lever.unchanged, "start within a minute 0 % -> 0 %"));
  EXPECT_FALSE(has(lever.gains, "a tenth of the machine or more, under an hour")) << "there are no such jobs";
  EXPECT_TRUE(has(said.present, "in fact they waited 48 min on average, 11.9 h at most"));
}

TEST(SiteSentences, FitEightyColumnsAndNameWhatIsMissing) {
  SiteReport report = report_of(five_runs());
  for (int i = 0; i < 20; ++i) report.not_modelled.emplace_back("something that decides there as well");
  const std::string text = all_of(report);
  expect_80_columns(text);
  EXPECT_NE(text.find("What Foreshape would change at cluster lab\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Not modelled: PriorityWeightQOS=1000; reservations;"), std::string::npos) << text;
  EXPECT_NE(text.find("Not replayed: 3 jobs (no run time)."), std::string::npos) << text;
}

TEST(SiteSentences, HavingNothingToSaySaySo) {
  SiteReport report = report_of({});
  EXPECT_NE(all_of(report).find("no job was replayed, so there is nothing to say"), std::string::npos);
  EXPECT_TRUE(site_sentences(report).levers.empty());
}

TEST(SiteSentences, FiguresThatAreNoneAreNotKnown) {
  auto runs = five_runs();
  for (ReplayRun& r : runs) r.metrics.mean_wait_s = NAN;
  const SiteSentences said = site_sentences(report_of(runs));
  EXPECT_TRUE(has(said.levers[0].unchanged, "mean wait not known -> not known"));
  EXPECT_EQ(site_text(said).find("nan"), std::string::npos);
}

TEST(SiteSentences, RunsThatDisagreeAreNoGain) {
  auto runs = five_runs();
  runs[1].metrics.mean_wait_s = 9'000;  // in one of the five it is worse
  const SiteSentences said = site_sentences(report_of(runs));
  EXPECT_TRUE(has(said.levers[0].unchanged, "mean wait "));
}

TEST(SiteSentences, SayWhatHoldsDidForWhomAndAtWhosePrice) {
  auto runs = five_runs();
  for (std::size_t i = 1; i < runs.size(); i += 2) {
    runs[i].metrics.holds.hits = 200;
    runs[i].metrics.holds.hit_wait_s = 60;
    runs[i].metrics.holds.other_wait_s = 3'300;
    runs[i].metrics.holds.idle_share = 0.004;
    runs[i].before = {1'800, 3'000};
  }
  const SiteSentences said = site_sentences(report_of(runs));
  const LeverSentences& lever = said.levers[0];
  EXPECT_TRUE(has(lever.gains, "jobs that came into a hold (200): mean wait 30 min -> 1 min, -29 min"));
  EXPECT_TRUE(has(lever.costs, "all other jobs (1,000): mean wait 50 min -> 55 min, +5 min"));
  EXPECT_TRUE(has(lever.costs, "0.40 % of the machine kept idle while others waited"));
  const auto json = nlohmann::json::parse(site_json_text(report_of(runs), runs, {}));
  EXPECT_EQ(json["site"]["levers"][0]["holds"]["hit_wait_s"]["verdict"], "better");
  EXPECT_TRUE(
      nlohmann::json::parse(site_json_text(report_of(five_runs()), runs, {}))["site"]["levers"][0]["holds"]
          .is_null());
}

TEST(SiteSentences, SayThatNobodyCameIntoAHold) {
  auto runs = five_runs();
  for (std::size_t i = 1; i < runs.size(); i += 2) runs[i].policy = "with Hold=on";
  EXPECT_TRUE(has(site_sentences(report_of(runs)).levers[0].unchanged, "no job came into a hold"));
  EXPECT_FALSE(has(site_sentences(report_of(five_runs())).levers[0].unchanged, "hold"));
}

TEST(SiteFront, SaysOnThePageWhatTheTerminalSays) {
  const SiteReport report = report_of(five_runs());
  const SiteSentences said = site_sentences(report);
  const PageFront front = site_front(report);
  EXPECT_EQ(front.title, said.title);
  EXPECT_EQ(front.about, said.about);
  ASSERT_EQ(front.cards.size(), 3U);
  EXPECT_EQ(front.cards[0].figure, "46 min \xE2\x86\x92 17 min");
  EXPECT_EQ(front.cards[0].what, "mean wait: Slurm as it is, then with Order=on");
  EXPECT_EQ(front.cards[1].figure, "11.8 h \xE2\x86\x92 14.3 h");
  EXPECT_EQ(front.cards[2].figure, "80 % / 8 %");
  ASSERT_EQ(front.findings.size(), 2U);
  EXPECT_EQ(front.findings[0].lists[0].sentences, said.present);
  EXPECT_EQ(front.findings[1].policy, kLever);
  EXPECT_EQ(front.findings[1].lists[0].sentences, said.levers[0].gains);
  EXPECT_EQ(front.findings[1].lists[1].sentences, said.levers[0].costs);
  EXPECT_EQ(front.findings[1].lists[2].sentences, said.levers[0].unchanged);
  ASSERT_EQ(front.omissions.size(), 2U);
  EXPECT_EQ(front.omissions[0].sentences, report.not_modelled);
  EXPECT_EQ(front.omissions[1].sentences, report.left_out);
}

TEST(SiteFront, WithoutAJobHasNoCards) { EXPECT_TRUE(site_front(report_of({})).cards.empty()); }

TEST(TraceFront, SaysWhatWasLoadedAndWhatIsLeftOut) {
  SchedulingPolicy plain, fair;
  fair.fair_share = FairSharePolicy{};
  const PageFront front =
      trace_front({"a: 2 jobs\n  row 3: bad\n", "b: 1 job\n"}, trace_omissions(Sharing::pool, {plain, fair}));
  EXPECT_TRUE(has(front.about, "Past jobs"));
  EXPECT_EQ(std::vector(front.about.begin() + 1, front.about.end()),
            (std::vector<std::string>{"a: 2 jobs", "  row 3: bad", "b: 1 job"}));
  EXPECT_TRUE(has(front.omissions[0].sentences, "fair-share"));
  EXPECT_TRUE(has(front.omissions[0].sentences, "one pool"));
  const auto modelled = trace_omissions(Sharing::shared, {fair});
  EXPECT_FALSE(has(modelled, "fair-share") || has(modelled, "one pool"));
}

TEST(SiteSentences, OneUserOneRunNoWait) {
  auto runs = five_runs();
  runs.resize(2);
  for (ReplayRun& r : runs) r.metrics = Metrics{};
  for (ReplayRun& r : runs) r.metrics.jobs = 1;
  SiteReport report = report_of(runs);
  report.measured_users = 1;
  report.measured_jobs = 1;
  report.actual = {};
  const std::string text = all_of(report);
  EXPECT_NE(text.find("1 job of 1 user,"), std::string::npos) << text;
  EXPECT_NE(text.find("mean wait 0 s -> 0 s\n"), std::string::npos) << text;
  EXPECT_NE(text.find("accounting does not say"), std::string::npos) << text;
}

TEST(SiteSentences, AReplayUnlikeTheSiteIsNotToBeBelieved) {
  SiteReport report = report_of(five_runs());
  report.actual.mean_s = 9'000;
  EXPECT_TRUE(has(site_sentences(report).present, "take what follows as a direction, not as figures"));
  report.actual.mean_s = 2'000;
  EXPECT_FALSE(has(site_sentences(report).present, "direction"));
}

TEST(SiteSentences, NamesOfASiteAreHarmless) {
  SiteReport report = report_of(five_runs());
  report.cluster = "lab\x1b[2J\n";
  report.partition = "a\tb";
  const std::string text = all_of(report);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("cluster lab?[2J?, partition a?b"), std::string::npos) << text;
}

TEST(SiteJson, HasTheSameContent) {
  auto runs = five_runs();
  runs[1].metrics.max_wait_s = NAN;
  const SiteReport report = report_of(runs);
  const auto json = nlohmann::json::parse(site_json_text(report, runs, compare_with_first(runs)));
  EXPECT_EQ(json["runs"].size(), 10U);
  const auto& site = json["site"];
  EXPECT_EQ(site["cluster"], "lab");
  EXPECT_EQ(site["jobs"], 1'200);
  const auto& lever = site["levers"][0];
  EXPECT_EQ(lever["policy"], kLever);
  EXPECT_EQ(lever["gains"], nlohmann::json(site_sentences(report).levers[0].gains));
  EXPECT_EQ(lever["figures"]["mean_wait_s"]["verdict"], "better");
  EXPECT_DOUBLE_EQ(lever["figures"]["mean_wait_s"]["after"]["mean"], 1'030);
  EXPECT_TRUE(json["runs"][1]["max_wait_s"].is_null());
}

}  // namespace foreshape

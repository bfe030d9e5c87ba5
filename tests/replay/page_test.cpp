// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/page.h"

#include <gtest/gtest.h>

#include "replay/html/html_text.h"
#include "replay/page_tables.h"
#include "replay/plots.h"
#include "tests/replay/random_workload.h"

namespace foreshape {
namespace {

constexpr const char* kHostile = "</style><script>alert('1')</script>\"><img src=x onerror=\"x\">&\x1b[2J";

struct Shown {
  std::vector<TracePicture> pictures;
  std::vector<ReplayRun> runs;
  std::vector<Comparison> comparisons;
  std::string html(const PageFront& front = {}) const {
    return html_text(front, pictures, runs, comparisons);
  }
};

/// Random jobs under so many policies and seeds, all names hostile.
Shown replayed(std::size_t policies, std::uint32_t seeds) {
  std::mt19937 random{20261122};  // NOLINT(cert-msc51-cpp): repeatable
  Workload load = random_workload(random);
  load.trace = kHostile;
  load.user_names.assign(load.users, kHostile);
  std::vector<SchedulingPolicy> some;
  for (std::size_t i = 0; i < policies; ++i) {
    some.push_back(*find_policy(policy_names()[i % policy_names().size()]));
    some.back().name += kHostile;
  }
  Shown shown;
  shown.pictures = {frame_of(load)};
  shown.pictures[0].seeds = seeds;
  shown.pictures[0].runs.resize(policies);
  ExperimentOptions options;
  options.jitter_s = seeds > 1 ? 5 : 0;
  options.runs = seeds;
  options.observe = [&](std::size_t run, const Workload& w, const SchedulingPolicy& policy,
                        const Schedule& schedule) {
    if (run >= policies) return;
    RunPicture& picture = shown.pictures[0].runs[run] = picture_of(w, schedule);
    picture.policy = policy.name;
    picture.predictor = source_name(policy.source);
  };
  shown.runs = run_experiment(load, some, options);
  shown.comparisons = compare_with_first(shown.runs);
  return shown;
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(HtmlText, EscapesHostileNamesEverywhere) {
  const std::string html = replayed(3, 2).html();
  EXPECT_EQ(count(html, "<script"), 0U);
  EXPECT_EQ(count(html, "<img"), 0U);
  EXPECT_EQ(count(html, "</style>"), 1U);  // its own
  EXPECT_EQ(count(html, "\x1b"), 0U);
  EXPECT_GT(count(html, "&lt;script&gt;"), 10U);
}

TEST(HtmlText, BeginsWithTheMeanWaitBeforeAndAfter) {
  Shown shown = replayed(3, 2);
  for (std::size_t i = 0; i < shown.runs.size(); ++i) {
    shown.runs[i].metrics.mean_wait_s = i % 3 == 2 ? 600 : 3'600;
    shown.runs[i].metrics.max_wait_s = i % 3 == 2 ? 7'200 : 3'600;
    shown.runs[i].fairness = {0.8, 0.08};
  }
  const std::string html = shown.html();
  const std::string arrow = " \xE2\x86\x92 ";
  const std::size_t mean =
      html.find("<b>" + duration_text(3'600) + arrow + duration_text(600) + "</b><span>mean wait");
  const std::size_t longest = html.find("<b>" + duration_text(3'600) + arrow + duration_text(7'200) + "</b>");
  ASSERT_NE(mean, std::string::npos);
  EXPECT_EQ(mean, html.find("<b>")) << "the first card";
  EXPECT_LT(mean, longest);
  EXPECT_NE(html.find("<b>80 % / 8 %</b><span>of the users fare better / worse"), std::string::npos);
}

TEST(HtmlText, BeginsWithWhatIsSaidAndEndsWithHowItCameAbout) {
  PageFront front;
  front.title = "What would change";
  front.about = {"4 weeks of jobs"};
  front.cards = {{"46 min -> 17 min", "mean wait"}, {"8 %", "fare worse"}};
  front.findings = {
      {"with Order=on", {{"Gains", {"a gain"}}, {"Costs", {"a cost"}}, {"No clear change", {}}}}};
  front.omissions = {{"Not modelled", {"fair-share"}}};
  front.version = "foreshape 0.1";
  front.made_at = "2026-11-29T14:00:00";
  front.command = "foreshape replay --site";
  const std::string html = replayed(2, 1).html(front);
  std::size_t at = 0;
  for (const char* next :
       {"<h1>What would change</h1>", "4 weeks of jobs", "<b>46 min -&gt; 17 min</b><span>mean wait<",
        "<b>8 %</b>", "<h2>with Order=on</h2>", "<h3>Gains</h3><ul><li>a gain</li>",
        "<h3>Costs</h3><ul><li>a cost</li>", "What this leaves out", "Not modelled", "<li>fair-share</li>",
        "<svg", "foreshape 0.1, 2026-11-29T14:00:00", "<code>foreshape replay --site</code>"}) {
    const std::size_t found = html.find(next, at);
    ASSERT_NE(found, std::string::npos) << next;
    at = found;
  }
  EXPECT_EQ(count(html, "No clear change"), 0U) << "no heading over nothing";
  EXPECT_EQ(html.find("mean wait"), html.rfind("<span>mean wait") + 6) << "its cards do not come twice";
}

TEST(HtmlText, EscapesAllThatIsSaid) {
  const PageFront front{kHostile,
                        {kHostile},
                        {{kHostile, kHostile}},
                        {{kHostile, {{kHostile, {kHostile}}}}},
                        {{kHostile, {kHostile}}},
                        kHostile,
                        kHostile,
                        kHostile};
  const std::string html = replayed(1, 1).html(front);
  EXPECT_EQ(count(html, "<script") + count(html, "<img"), 0U);
  EXPECT_EQ(count(html, "</style>"), 1U);
}

TEST(HtmlText, FetchesNothing) {
  const std::string html = replayed(3, 1).html();
  for (const char* what : {"http:", "https:", "src=\"", "url(", "@import", "<link rel=\"stylesheet"})
    EXPECT_EQ(count(html, what), 0U) << what;
  EXPECT_EQ(count(html, "default-src 'none'"), 1U);
}

TEST(HtmlText, HasEveryPlotForEveryPolicy) {
  const struct {
    std::size_t policies;
    std::uint32_t seeds;
  } cases[] = {{1, 1}, {2, 1}, {3, 2}, {12, 1}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.policies);
    const std::string html = replayed(c.policies, c.seeds).html();
    EXPECT_EQ(count(html, "data-plot=\"waits\""), 1U);
    EXPECT_EQ(count(html, "data-plot=\"slowdowns\""), 1U);
    EXPECT_EQ(count(html, "data-plot=\"queue\""), c.policies);
    EXPECT_EQ(count(html, "data-plot=\"utilisation\""), c.policies);
    EXPECT_EQ(count(html, "data-plot=\"gain\""), c.policies - 1);
    EXPECT_EQ(count(html, "<rect class=\"mark bar"), (c.policies - 1) * kGainBars);
    // One line each in two distributions; the first policy's line over the others' courses.
    EXPECT_EQ(count(html, "<path class=\"mark line"), 2 * c.policies + 2 * (c.policies - 1));
    EXPECT_EQ(count(html, "<path class=\"mark area"), 2 * c.policies);
    EXPECT_EQ(count(html, "data-table=\"ratios\""), c.seeds > 1 ? 1U : 0U);
    EXPECT_EQ(count(html, "<svg"), count(html, "</svg>"));
    EXPECT_EQ(count(html, "nan"), 0U);
    EXPECT_EQ(count(html, "inf"), 0U);
  }
}

TEST(HtmlText, StaysSmallWhateverTheTrace) { EXPECT_LT(replayed(10, 1).html().size(), 400'000U); }

TEST(GainPlot, CountsEveryUserOnce) {
  TracePicture trace;
  trace.runs.resize(2);
  trace.from_s = 0;
  trace.to_s = 100;
  const double after[] = {1.0, 1.04, 2.0, 100.0, 0.5, 0.001};
  for (const double slowdown : after) {
    trace.runs[0].users.push_back({"u", 1, 1.0});
    trace.runs[1].users.push_back({"u", 1, slowdown});
  }
  trace.runs[0].users.push_back({"never here", 0, 0});
  trace.runs[1].users.push_back({"never here", 0, 0});
  const std::string svg = gain_plot(trace, 1);
  EXPECT_EQ(count(svg, "2 users: about the same"), 1U);
  EXPECT_EQ(count(svg, "1 users: up to 2.0 times more"), 1U);
  EXPECT_EQ(count(svg, "1 users: more than 11.3 times more"), 1U);
  EXPECT_EQ(count(svg, "1 users: up to 2.0 times less"), 1U);
  EXPECT_EQ(count(svg, "1 users: more than 11.3 times less"), 1U);
  EXPECT_EQ(user_changes(trace, 1).size(), 6U);
}

}  // namespace
}  // namespace foreshape

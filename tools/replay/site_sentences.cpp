// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_sentences.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "predictor/base/text.h"
#include "tools/cli/progress.h"
#include "tools/replay/site_policies.h"

namespace foreshape {
namespace {

constexpr std::size_t kColumns = 80;
/// The replay of today's settings should have the waits that accounting has. Beyond this factor it misses
/// something that decides there.
constexpr double kBelievable = 2;
/// Between means that are so small the factor says nothing.
constexpr double kSmallWait_s = 60;

std::string counted(std::uint64_t n, const char* one, const char* many) {
  return with_commas(n) + " " + (n == 1 ? one : many);
}

std::string percent(double share) {
  return std::isfinite(share) ? fmt::format("{:.0f} %", 100 * share) : "not known";
}

/// Of two waits that are compared the larger gives the unit.
std::string words(double value, std::size_t kind, double beside = 0) {
  return kind == kShortStarted ? percent(value) : wait_words(value, beside);
}

/// "(16 min to 18 min in 5 runs)"; "" where runs do not differ in what is shown.
std::string spread_words(const Spread& spread, std::uint32_t runs, std::size_t kind, double beside = 0) {
  const std::string least = words(spread.least, kind, std::max(beside, spread.most));
  const std::string most = words(spread.most, kind, beside);
  return runs < 2 || least == most ? "" : fmt::format(" ({} to {} in {} runs)", least, most, runs);
}

/// Whose figure it is.
std::string subject(std::size_t kind, std::uint64_t jobs) {
  static constexpr const char* kSubjects[] = {
      "mean wait",
      "95 % of the jobs wait at most",
      "longest wait",
      "jobs under 10 minutes that start within a minute",
      "under a tenth of the machine and under an hour",
      "under a tenth of the machine, an hour or longer",
      "a tenth of the machine or more, under an hour",
      "a tenth of the machine or more, an hour or longer",
      "a quarter of the machine or more",
  };
  static_assert(std::size(kSubjects) == kFigureKinds);
  if (kind <= kShortStarted) return kSubjects[kind];
  return fmt::format("jobs of {} ({}): mean wait", kSubjects[kind], with_commas(jobs));
}

std::string change_words(const Figure& figure, std::size_t kind) {
  const double change = figure.change.mean;
  if (kind <= kShortStarted || !std::isfinite(change)) return "";
  return fmt::format(", {}{}", change < 0 ? "-" : "+", wait_words(std::abs(change)));
}

/// whose: the subject of the sentence. kind: of the figure, or of one that is said alike.
void add_sentence(const Figure& figure, const std::string& whose, std::size_t kind, std::uint32_t runs,
                  LeverSentences& lever) {
  if (figure.jobs == 0) return;
  const double before = figure.before.mean, after = figure.after.mean;
  const std::string sentence = fmt::format("{} {} -> {}{}{}", whose, words(before, kind, after),
                                           words(after, kind, before), change_words(figure, kind),
                                           spread_words(figure.after, runs, kind, std::max(before, after)));
  if (figure.verdict == Verdict::better) lever.gains.push_back(sentence);
  if (figure.verdict == Verdict::worse) lever.costs.push_back(sentence);
  if (figure.verdict == Verdict::unclear) lever.unchanged.push_back(sentence);
}

void add_figure(const Figure& figure, std::size_t kind, std::uint32_t runs, LeverSentences& lever) {
  add_sentence(figure, subject(kind, figure.jobs), kind, runs, lever);
}

/// What is kept idle is paid by whoever waits meanwhile.
void add_holds(const HoldsOutcome& holds, std::uint32_t runs, LeverSentences& lever) {
  const auto add = [&](const Figure& figure, const char* which) {
    add_sentence(figure, fmt::format("{} ({}): mean wait", which, with_commas(figure.jobs)), kFigureKinds,
                 runs, lever);
  };
  add(holds.hits, "jobs that came into a hold");
  add(holds.others, "all other jobs");
  if (holds.idle_share.most > 0)
    lever.costs.push_back(
        fmt::format("{:.2f} % of the machine kept idle while others waited", 100 * holds.idle_share.mean));
}

void add_users(const LeverOutcome& outcome, std::uint32_t users, LeverSentences& lever) {
  const auto share = [&](const Spread& spread, const char* how) {
    return fmt::format("{} of {} fare {}", percent(spread.mean), counted(users, "user", "users"), how);
  };
  if (outcome.users_better.mean > 0)
    lever.gains.push_back(share(outcome.users_better, "better (slowdown at least 5 % lower)"));
  if (outcome.users_worse.mean > 0)
    lever.costs.push_back(share(outcome.users_worse, "worse (slowdown at least 5 % higher)"));
}

LeverSentences lever_sentences(const LeverOutcome& outcome, std::uint32_t runs, std::uint32_t users) {
  LeverSentences lever;
  lever.policy = outcome.policy;
  for (std::size_t kind = 0; kind < kFigureKinds; ++kind) {
    add_figure(outcome.figures.at(kind), kind, runs, lever);
    if (kind == kMeanWait) add_users(outcome, users, lever);
    if (kind == kMeanWait && outcome.holds) add_holds(*outcome.holds, runs, lever);
  }
  if (!outcome.holds && outcome.policy.find(kHoldOn) != std::string::npos)
    lever.unchanged.emplace_back("no job came into a hold");
  return lever;
}

std::string date_words(UnixSeconds moment) {
  const auto time = static_cast<std::time_t>(moment);
  std::tm local{};
  ::localtime_r(&time, &local);
  return fmt::format("{:04}-{:02}-{:02}", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

double days(std::int64_t seconds) { return static_cast<double>(seconds) / 86'400; }

std::string machine_words(const SiteMachine& machine) {
  return fmt::format("{} with {}", counted(static_cast<std::uint64_t>(machine.nodes), "node", "nodes"),
                     counted(static_cast<std::uint64_t>(machine.cpus), "CPU", "CPUs"));
}

std::vector<std::string> about_words(const SiteReport& report) {
  const SiteWindow& window = report.window;
  std::vector<std::string> all;
  all.push_back(fmt::format(
      "{} to {} ({:.0f} days): {} of {}, from {}, submitted again to {}.", date_words(window.measured_from_s),
      date_words(window.to_s), days(window.to_s - window.measured_from_s),
      counted(report.measured_jobs, "job", "jobs"), counted(report.measured_users, "user", "users"),
      report.source, machine_words(report.machine)));
  all.push_back(
      report.learned_jobs == 0
          ? std::string{"No job came before them: predictions begin with nothing, so gains are rather too "
                        "low."}
          : fmt::format("{} of the {:.0f} days before taught the predictions; nothing is learned from "
                        "what was still to come.",
                        counted(report.learned_jobs, "job", "jobs"),
                        days(window.measured_from_s - window.learn_from_s)));
  if (report.jitter_s > 0)
    all.push_back(fmt::format("{}, each with submissions put off by 0 to {} s at random.",
                              counted(report.outcome.runs, "run", "runs"), report.jitter_s));
  return all;
}

std::string belief_words(const ActualWaits& actual, double replayed_s) {
  if (actual.jobs == 0 || !std::isfinite(replayed_s))
    return "accounting does not say what they waited in fact";
  std::string said = fmt::format("in fact they waited {} on average, {} at most", wait_words(actual.mean_s),
                                 wait_words(actual.longest_s));
  const double more = std::max(actual.mean_s, replayed_s), less = std::min(actual.mean_s, replayed_s);
  if (more < kSmallWait_s || more <= kBelievable * less) return said;
  return said +
         ": the replay misses something that decides waits here (see below), so take what follows as a "
         "direction, "
         "not as figures";
}

std::vector<std::string> present_words(const SiteReport& report) {
  const auto& present = report.outcome.present;
  const auto sentence = [&](std::size_t kind) {
    const Spread& spread = present.at(kind);
    return fmt::format("{} {}{}", subject(kind, 0), words(spread.mean, kind),
                       spread_words(spread, report.outcome.runs, kind));
  };
  return {sentence(kMeanWait), sentence(kP95Wait), sentence(kLongestWait),
          belief_words(report.actual, present[kMeanWait].mean)};
}

/// The end of the first word, with a unit behind a figure: nobody reads "73" here and "%" on the next line.
std::size_t word_end(std::string_view text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view rest = text.substr(std::min(end + 1, text.size()));
  for (const std::string_view unit : {"%", "s", "min", "h", "days"}) {
    const std::string_view after = rest.substr(std::min(unit.size(), rest.size()));
    if (!rest.starts_with(unit) || (!after.empty() && after.find_first_of(" ,.;:)") != 0)) continue;
    return end + 1 + std::min(rest.find(' '), rest.size());
  }
  return end;
}

/// The paragraph in lines of at most kColumns, the first behind `mark`, the others as far in.
std::string paragraph(std::string_view mark, std::string_view text) {
  const std::string indent(mark.size(), ' ');
  std::string all, line{mark};
  bool begun = false;
  while (!text.empty()) {
    const std::size_t end = word_end(text);
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (begun && line.size() + 1 + word.size() > kColumns) {
      all += line + "\n";
      line = indent;
      begun = false;
    }
    if (begun) line += ' ';
    line += word;
    begun = true;
  }
  return all + line + "\n";
}

void append(std::string& text, const char* heading, const char* mark,
            const std::vector<std::string>& sentences) {
  if (sentences.empty()) return;
  text += heading;
  for (const std::string& sentence : sentences) text += paragraph(mark, sentence);
}

}  // namespace

std::string wait_words(double seconds, double beside) {
  if (!std::isfinite(seconds)) return "not known";
  const double s = std::max(0.0, seconds);
  const double larger = std::isfinite(beside) ? std::max(s, beside) : s;
  if (larger < 99.5) return fmt::format("{:.0f} s", s);
  if (larger < 99.5 * 60) return fmt::format("{:.0f} min", s / 60);
  if (larger < 99.95 * 3'600) return fmt::format("{:.1f} h", s / 3'600);
  return fmt::format("{:.1f} days", s / 86'400);
}

SiteSentences site_sentences(const SiteReport& report) {
  SiteSentences all;
  all.title = "What Foreshape would change at cluster " + harmless(report.cluster) +
              (report.partition.empty() ? "" : ", partition " + harmless(report.partition));
  all.about = about_words(report);
  if (report.outcome.jobs == 0) {
    all.present.emplace_back("no job was replayed, so there is nothing to say");
  } else {
    all.present = present_words(report);
    for (const LeverOutcome& lever : report.outcome.levers)
      all.levers.push_back(lever_sentences(lever, report.outcome.runs, report.measured_users));
  }
  all.not_modelled = fmt::format("{}.", fmt::join(report.not_modelled, "; "));
  if (!report.left_out.empty()) all.left_out = fmt::format("{}.", fmt::join(report.left_out, "; "));
  return all;
}

std::string site_text(const SiteSentences& sentences) {
  std::string text = paragraph("", sentences.title) + "\n";
  append(text, "", "", sentences.about);
  append(text, "\nSlurm as it is, replayed:\n", "    ", sentences.present);
  for (const LeverSentences& lever : sentences.levers) {
    text += "\n" + paragraph("", lever.policy + ":");
    append(text, "  gains\n", "    + ", lever.gains);
    append(text, "  costs\n", "    - ", lever.costs);
    append(text, "  no clear change\n", "    = ", lever.unchanged);
  }
  text += "\n" + paragraph("", "Not modelled: " + sentences.not_modelled);
  if (!sentences.left_out.empty()) text += paragraph("", "Not replayed: " + sentences.left_out);
  return text;
}

}  // namespace foreshape

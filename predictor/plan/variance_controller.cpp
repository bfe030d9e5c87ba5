// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/variance_controller.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "predictor/base/splitmix.h"

namespace foreshape {
namespace {

constexpr std::size_t kWays = 8, kSets = VarianceController::kMaxRecords / kWays;

enum class KeyKind : std::uint64_t { familiarity = 1, user = 2, account = 3 };

std::uint64_t key_of(KeyKind kind, std::uint32_t id) { return static_cast<std::uint64_t>(kind) << 32U | id; }
std::uint64_t user_key(const MarginSubject& subject) { return key_of(KeyKind::user, subject.uid); }
std::uint64_t account_key(const MarginSubject& subject) { return key_of(KeyKind::account, subject.account); }
std::size_t set_of(std::uint64_t key) { return splitmix_of(key) % kSets * kWays; }

double sum_of(const MarginRecord& record) {
  return std::accumulate(record.scores.begin(), record.scores.end(), 0.0);
}

/// As if kPriorJobs had come out as their forecasts said: scores of calibrated forecasts are exponential.
MarginRecord calibrated(std::size_t familiarity) {
  constexpr double kPriorJobs = 100;
  MarginRecord record;
  record.key = key_of(KeyKind::familiarity, static_cast<std::uint32_t>(familiarity));
  double above = 1;
  for (std::size_t i = 0; i < kScoreBins; ++i) {
    const double rest = i < kScoreEdges.size() ? std::exp(-kScoreEdges[i]) : 0;
    record.scores[i] = static_cast<float>(kPriorJobs * (above - rest));
    above = rest;
  }
  return record;
}

void add_score(MarginRecord& record, const JudgedPlan& plan, double jobs) {
  const auto keep = static_cast<float>(1 - 1 / jobs);
  for (float& count : record.scores) count *= keep;
  const auto bin = std::ranges::lower_bound(kScoreEdges, plan.score) - kScoreEdges.begin();
  const auto from = record.scores.begin() + bin;
  if (!plan.is_bound) {
    *from += 1;
    return;
  }
  // Where nothing is known from the bound on, it says nothing more.
  const float above = std::accumulate(from, record.scores.end(), 0.0F);
  if (above <= 0) return;
  for (auto count = from; count != record.scores.end(); ++count) *count *= 1 + 1 / above;
}

/// A record's counts over a parent's distribution.
struct Shrunk {
  const MarginRecord* record;
  double sum, shrink;

  Shrunk(const MarginRecord* known, double weight)
      : record(known), sum(known != nullptr ? sum_of(*known) : 0), shrink(weight) {}

  double share(std::size_t bin, double of_parent) const {
    if (record == nullptr) return of_parent;
    return (static_cast<double>(record->scores[bin]) + shrink * of_parent) / (sum + shrink);
  }
};

bool is_sound(const MarginRecord& record) {
  const auto fine = [](float count) { return std::isfinite(count) && count >= 0; };
  return record.too_small <= record.judged && std::ranges::all_of(record.scores, fine);
}

}  // namespace

Familiarity familiarity_of(const Prediction& prediction) {
  if (prediction.evidence != Evidence::user) return Familiarity::new_user;
  if (prediction.similar_jobs == 0) return Familiarity::new_shape;
  return prediction.similar_jobs < 3 ? Familiarity::few : Familiarity::many;
}

VarianceController::VarianceController(const VarianceSettings& settings)
    : settings_(settings), groups_(kMaxRecords) {
  for (std::size_t i = 0; i < kFamiliarities; ++i) classes_[i] = calibrated(i);
}

VarianceController::VarianceController(const VarianceSettings& settings,
                                       std::span<const MarginRecord> records)
    : VarianceController(settings) {
  for (const MarginRecord& record : records) {
    if (!is_sound(record)) continue;
    events_ = std::max(events_, record.touched);
    const auto id = static_cast<std::uint32_t>(record.key);
    const auto kind = static_cast<KeyKind>(record.key >> 32U);
    if (kind == KeyKind::familiarity && id < kFamiliarities && sum_of(record) > 0)
      classes_[id] = record;
    else if (kind == KeyKind::user || kind == KeyKind::account)
      touch(record.key) = record;
  }
}

const MarginRecord* VarianceController::find(std::uint64_t key) const {
  const std::span set{groups_.data() + set_of(key), kWays};
  const auto found = std::ranges::find(set, key, &MarginRecord::key);
  return found != set.end() ? &*found : nullptr;
}

MarginRecord* VarianceController::find(std::uint64_t key) {
  const std::span set{groups_.data() + set_of(key), kWays};
  const auto found = std::ranges::find(set, key, &MarginRecord::key);
  return found != set.end() ? &*found : nullptr;
}

MarginRecord& VarianceController::touch(std::uint64_t key) {
  MarginRecord* record = find(key);
  if (record == nullptr) {
    // A free one was touched at event 0.
    record = &*std::ranges::min_element(std::span{groups_.data() + set_of(key), kWays}, {},
                                        &MarginRecord::touched);
    *record = {};
    record->key = key;
  }
  record->touched = events_;
  return *record;
}

std::optional<double> VarianceController::wanted_rate(const MarginSubject& subject,
                                                      const MarginRecord& user) const {
  const double a = settings_.rate;
  const double plans = static_cast<double>(user.judged) + user.open;
  const double slack = settings_.slack_jobs + settings_.slack_errors * std::sqrt(a * (1 - a) * plans);
  const double excess = static_cast<double>(user.too_small) - a * user.judged;
  const double share =
      subject.familiarity < Familiarity::few ? settings_.open_share_new : settings_.open_share;
  const double counted = std::max(excess, -settings_.bank * slack) + share * user.open;
  if (counted >= slack) return std::nullopt;
  return a * std::min(1 - counted / slack, settings_.rate_times_max);
}

std::optional<double> VarianceController::margin(const MarginSubject& subject) const {
  const MarginRecord* user = find(user_key(subject));
  const auto rate = user != nullptr ? wanted_rate(subject, *user) : settings_.rate;
  if (!rate) return std::nullopt;
  const MarginRecord& of_class = classes_[static_cast<std::size_t>(subject.familiarity)];
  const double class_sum = sum_of(of_class);
  const Shrunk account{subject.account != 0 ? find(account_key(subject)) : nullptr, settings_.shrink};
  const Shrunk own{user, settings_.shrink};
  double above = 0;
  for (std::size_t i = kScoreBins; i-- > 0;) {
    const double share = own.share(i, account.share(i, static_cast<double>(of_class.scores[i]) / class_sum));
    if (above + share <= *rate) {
      above += share;
      continue;
    }
    if (i == kScoreEdges.size()) return std::nullopt;
    const double low = i > 0 ? kScoreEdges[i - 1] : 0;
    return kScoreEdges[i] - (*rate - above) / share * (kScoreEdges[i] - low);
  }
  return 0;
}

void VarianceController::planned(const MarginSubject& subject) {
  ++events_;
  ++touch(user_key(subject)).open;
}

void VarianceController::withdrawn(const MarginSubject& subject) {
  MarginRecord* user = find(user_key(subject));
  if (user != nullptr && user->open > 0) --user->open;
}

void VarianceController::judged(const MarginSubject& subject, const JudgedPlan& plan, bool open) {
  ++events_;
  MarginRecord& of_class = classes_[static_cast<std::size_t>(subject.familiarity)];
  of_class.touched = events_;
  add_score(of_class, plan, settings_.cluster_jobs);
  if (subject.account != 0) add_score(touch(account_key(subject)), plan, settings_.account_jobs);
  MarginRecord& user = touch(user_key(subject));
  add_score(user, plan, settings_.user_jobs);
  if (open && user.open > 0) --user.open;
  ++user.judged;
  if (plan.was_too_small) ++user.too_small;
}

std::vector<MarginRecord> VarianceController::records() const {
  std::vector<MarginRecord> records(classes_.begin(), classes_.end());
  std::ranges::copy_if(groups_, std::back_inserter(records),
                       [](const MarginRecord& record) { return record.key != 0; });
  return records;
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/blend.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <functional>

#include "predictor/base/fast_math.h"

namespace foreshape {
namespace {

// Of the points: a user's last five hundred jobs decide, and everybody's last thousand count as a hundred of
// the user's, since one job's loss says little.
constexpr float kKeepUser = 0.998F, kKeepAll = 0.999F, kPriorJobs = 100;
// How sharply trusts are told apart by their mean loss (1 - min / max).
constexpr float kSharpness = 60;
// Where all trusts did as well the network counts more, as the kernel is in it already.
constexpr float kPointBias = 1;

// Of the quantiles: a share moves by its rate over the root of the squared slopes so far. Everybody's moves
// fast; a user's own, which is the difference to everybody's, slowly: a few bursts of one user say little of
// its tails.
constexpr float kStartShare = 0.5F, kRateAll = 0.2F, kRateUser = 0.01F;
// Keeps the first steps of jobs on which both nearly agree small.
constexpr float kMinSlopes = 1e-3F;

// Of kQuantileLevels: .05 .25 | .5 .75 | .9 .95 teach.
constexpr std::array<std::size_t, 6> kLearnedLevels = {1, 3, 4, 5, 7, 8};
constexpr std::size_t part_of(std::size_t level) { return level <= 3 ? 0 : level <= 5 ? 1 : 2; }
constexpr std::size_t kTail = 2;

float log_of(float value) { return fast_log(std::max(value, 1e-6F)); }

float trust_at(std::size_t i) { return static_cast<float>(i) / static_cast<float>(kTrusts - 1); }

using Shares = std::array<float, kBlendParts>;

Shares shares_of(const BlendLead& user, const BlendLead& everybody) {
  Shares shares{};
  for (std::size_t p = 0; p < kBlendParts; ++p)
    shares[p] = std::clamp(kStartShare + everybody.share[p] + user.share[p], 0.0F, 1.0F);
  return shares;
}

/// The trusts' mean, each weighted by e^(-sharpness x what it lost a job).
/// Source: the exponentially weighted forecaster (Cesa-Bianchi & Lugosi, "Prediction, learning, and games",
/// 2.1), of means instead of sums: a user's hundred jobs are no reason to be surer than everybody's are.
float trust_of(const BlendLead& user, const BlendLead& everybody) {
  const float all = std::max(everybody.jobs, 1.0F), jobs = kPriorJobs + user.jobs;
  std::array<float, kTrusts> height{};
  for (std::size_t i = 0; i < kTrusts; ++i)
    height[i] =
        kPointBias * trust_at(i) - kSharpness * (kPriorJobs * everybody.lost[i] / all + user.lost[i]) / jobs;
  const float most = *std::ranges::max_element(height);
  float sum = 0, trust = 0;
  for (std::size_t i = 0; i < kTrusts; ++i) {
    const float weight = fast_exp(height[i] - most);
    sum += weight;
    trust += weight * trust_at(i);
  }
  return trust / sum;
}

/// Whether the job's tail is the blend's, mixed by its share, and not widened instead.
bool is_mixed(std::size_t level, const BlendCase& job) {
  return part_of(level) != kTail || !is_thin(job.precedent);
}

/// How the pinball loss at a level grows with the quantile's logarithm.
float slope_at(std::size_t level, float quantile, float y) {
  return y >= quantile ? -kQuantileLevels[level] : 1 - kQuantileLevels[level];
}

/// How the pinball losses of each part grow with its share, times the job's evidence. Each is convex in the
/// share, as the mixed logarithm is linear in it; nothing pushes beyond 0 or 1.
Shares slopes_of(const BlendLesson& lesson, const Shares& shares, float used) {
  Shares slopes{};
  const float y = log_of(used);
  for (const std::size_t i : kLearnedLevels) {
    if (!is_mixed(i, lesson.job)) continue;
    const float kernel = log_of(lesson.kernel.quantiles[i]);
    const float apart = log_of(lesson.network.quantiles[i]) - kernel;
    slopes[part_of(i)] += slope_at(i, kernel + shares[part_of(i)] * apart, y) * apart;
  }
  for (std::size_t p = 0; p < kBlendParts; ++p) {
    const bool at_end = slopes[p] > 0 ? shares[p] <= 0 : shares[p] >= 1;
    slopes[p] = at_end ? 0 : lesson.job.evidence * slopes[p];
  }
  return slopes;
}

void learn_tail(TailWidenings& widenings, const BlendLesson& lesson, float used) {
  if (!is_thin(lesson.job.precedent)) return;
  TailWidening& widening = widenings[static_cast<std::size_t>(lesson.job.precedent)];
  float slope = 0;
  for (const std::size_t i : kLearnedLevels)
    if (!is_mixed(i, lesson.job))
      slope += slope_at(i,
                        widened(widening, log_of(lesson.kernel.quantiles[i]),
                                log_of(lesson.network.quantiles[i]), lesson.job.bound),
                        log_of(used));
  learn(widening, lesson.job.evidence * slope);
}

/// Source: Duchi, Hazan & Singer, "Adaptive subgradient methods", JMLR 12, 2011: steps that need no scale of
/// the losses, and regret that grows with the root of the jobs.
void move(BlendLead& lead, const Shares& slopes, float rate) {
  for (std::size_t p = 0; p < kBlendParts; ++p) {
    lead.slopes[p] += slopes[p] * slopes[p];
    const float step = rate * slopes[p] / std::sqrt(lead.slopes[p] + kMinSlopes);
    lead.share[p] = std::clamp(lead.share[p] - step, -1.0F, 1.0F);
  }
}

/// Jobs of a burst count whole here: the next ones are likely of the burst too, and it is soon forgotten.
void count(BlendLead& lead, const std::array<float, kTrusts>& losses, float keep) {
  for (std::size_t i = 0; i < kTrusts; ++i) lead.lost[i] = keep * lead.lost[i] + losses[i];
  lead.jobs = keep * lead.jobs + 1;
}

bool is_sane_lead(const BlendLead& lead) {
  const auto within = [](float least, float most) {
    return [=](float x) { return x >= least && x <= most; };  // false where it is no number
  };
  return std::ranges::all_of(lead.share, within(-1, 1)) &&
         std::ranges::all_of(lead.slopes, within(0, 1e12F)) &&
         std::ranges::all_of(lead.lost, within(0, 1e6F)) && within(0, 1e6F)(lead.jobs);
}

}  // namespace

BlendCase case_of(const ModelInput& input, std::size_t resource) {
  return {precedent_of(precedents_of(input)), input.bound[resource], evidence_of(input)};
}

BlendLesson lesson_of(const Forecast& kernel, const Forecast& network, const PointChoices& choices,
                      const BlendCase& job) {
  BlendLesson lesson{kernel, network, {}, job};
  for (std::size_t i = 0; i < kTrusts; ++i) lesson.points[i] = choices.best(trust_at(i));
  return lesson;
}

BlendLead BlendTable::of(UserId uid) const {
  const auto found = std::ranges::lower_bound(users, uid, {}, &Entry::uid);
  return found != users.end() && found->uid == uid ? found->lead : BlendLead{};
}

Forecast mix(const BlendLeads& leads, const BlendCase& job, const Forecast& kernel, const Forecast& network,
             const PointChoices& choices) {
  if (!kernel.known()) return network;
  if (!network.known()) return kernel;
  const Shares shares = shares_of(leads.user, leads.everybody);
  const float trust = trust_of(leads.user, leads.everybody);
  Forecast mixed = trust >= 0.5F ? network : kernel;
  mixed.typical = choices.best(trust);
  for (std::size_t i = 0; i < mixed.quantiles.size(); ++i) {
    const float kernels = log_of(kernel.quantiles[i]), networks = log_of(network.quantiles[i]);
    const float said = is_mixed(i, job) ? kernels + shares[part_of(i)] * (networks - kernels)
                                        : widened(leads.widenings[static_cast<std::size_t>(job.precedent)],
                                                  kernels, networks, job.bound);
    mixed.quantiles[i] = fast_exp(said);
    if (i > 0) mixed.quantiles[i] = std::max(mixed.quantiles[i], mixed.quantiles[i - 1]);
  }
  return mixed;
}

Result<void> check_blend(const BlendTable& blend) {
  if (blend.users.size() > kMaxBlendUsers)
    return failure(ErrorCode::invalid_input,
                   fmt::format("blends: {} users, at most {} are kept", blend.users.size(), kMaxBlendUsers));
  if (std::ranges::adjacent_find(blend.users, std::greater_equal{}, &BlendTable::Entry::uid) !=
      blend.users.end())
    return failure(ErrorCode::invalid_input, "blends: users are out of order");
  if (!is_sane_lead(blend.everybody) ||
      !std::ranges::all_of(blend.users, is_sane_lead, &BlendTable::Entry::lead))
    return failure(ErrorCode::invalid_input, "blends: a lead is not a finite number within bounds");
  if (!std::ranges::all_of(blend.widenings, is_sane))
    return failure(ErrorCode::invalid_input, "blends: a widening is not a finite number within bounds");
  return {};
}

Blend::Blend(const BlendTable& table) : everybody_(table.everybody), widenings_(table.widenings) {
  for (const BlendTable::Entry& entry : table.users) users_.emplace(entry.uid, entry.lead);
}

Forecast Blend::mix(UserId uid, const BlendCase& job, const Forecast& kernel, const Forecast& network,
                    const PointChoices& choices) const {
  const auto found = users_.find(uid);
  return foreshape::mix({found != users_.end() ? found->second : BlendLead{}, everybody_, widenings_}, job,
                        kernel, network, choices);
}

void Blend::learn(UserId uid, const BlendLesson& lesson, float used) {
  if (!lesson.kernel.known() || !lesson.network.known()) return;
  auto found = users_.find(uid);
  if (found == users_.end() && users_.size() < kMaxBlendUsers) found = users_.emplace(uid, BlendLead{}).first;
  BlendLead* const user = found != users_.end() ? &found->second : nullptr;

  std::array<float, kTrusts> losses{};
  std::ranges::transform(lesson.points, losses.begin(), [used](float point) {
    return 1 - std::min(point, used) / std::max({point, used, 1e-6F});
  });
  const Shares slopes = slopes_of(lesson, shares_of(user ? *user : BlendLead{}, everybody_), used);
  const auto teach = [&](BlendLead& lead, float rate, float keep) {
    move(lead, slopes, rate);
    count(lead, losses, keep);
  };
  teach(everybody_, kRateAll, kKeepAll);
  if (user) teach(*user, kRateUser, kKeepUser);
  learn_tail(widenings_, lesson, used);
}

BlendTable Blend::table() const {
  BlendTable table{everybody_, {}, widenings_};
  table.users.reserve(users_.size());
  for (const auto& [uid, lead] : users_) table.users.push_back({uid, lead});
  std::ranges::sort(table.users, {}, &BlendTable::Entry::uid);
  return table;
}

}  // namespace foreshape

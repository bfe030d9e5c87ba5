// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/policy_title.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "replay/policy.h"

namespace foreshape {
namespace {

using Titles = std::pair<std::string_view, std::string_view>;

constexpr std::array kPolicyTitles = std::to_array<Titles>({
    {"easy", "EASY backfilling, first come first served"},
    {"easy-sjbf", "EASY backfilling, shortest jobs backfilled first"},
    {"easy++", "EASY++, shortest jobs backfilled first"},
    {"conservative", "A reservation for every waiting job"},
    {"whole-queue", "Whole queue by predicted slowdown"},
    {"static-key", "EASY backfilling with Foreshape's order, width aside"},
    {"static-key-wide", "EASY backfilling with Foreshape's order"},
    {"slurm", "Slurm, first come first served"},
    {"slurm-key", "Slurm with Foreshape's order, width aside"},
    {"slurm-key-wide", "Slurm with Foreshape's order"},
    {"slurm-order", "Slurm with Foreshape's order (log-squared)"},
    {"slurm-order-trial", "Slurm with Foreshape's order (log-squared) and trial starts"},
});

constexpr std::array kHoldTitles = std::to_array<Titles>({
    {"", ""},
    {"+hold", ", processors held for foreseen jobs"},
    {"+hold-fixed", ", a fixed share held for short jobs"},
    {"+hold-by-hour", ", as much held for short jobs as came in this hour of the week"},
    {"+hold-clairvoyant", ", processors held by a perfect forecast"},
});

constexpr std::array kPredictorTitles = std::to_array<Titles>({
    {"requested", ", run times as requested"},
    {"last2", ", run times as of the user's last two jobs"},
    {"similar", ", run times as of similar jobs"},
    {"kernel", ", run times by Foreshape's kernel"},
    {"model", ", run times by a trained model"},
    {"clairvoyant", ", run times known beforehand"},
});

template <std::size_t N>
std::optional<std::string> title_in(const std::array<Titles, N>& titles, std::string_view name) {
  const auto found = std::ranges::find(titles, name, &Titles::first);
  if (found == titles.end()) return std::nullopt;
  return std::string(found->second);
}

}  // namespace

std::string policy_title(const std::string& policy, const std::string& predictor) {
  const std::size_t plus = std::min(policy.find("+hold"), policy.size());
  const auto title = title_in(kPolicyTitles, std::string_view(policy).substr(0, plus));
  const auto hold = title_in(kHoldTitles, std::string_view(policy).substr(plus));
  const auto by = title_in(kPredictorTitles, predictor);
  const auto known = find_policy(policy);
  if (!title || !hold || !known) return policy;
  const bool own = source_name(known->source) == predictor;
  return *title + *hold + (own || !by ? "" : *by);
}

}  // namespace foreshape

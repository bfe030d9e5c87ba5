// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/fair_share_factor.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace foreshape {
namespace {

/// What an account's users have and are, by account.
struct AccountSum {
  double usage = 0;
  double users = 0;
};

std::vector<AccountSum> sums_of(std::span<const Association> associations) {
  std::vector<AccountSum> sums;
  for (const Association& a : associations) {
    if (a.account >= sums.size()) sums.resize(a.account + 1);
    sums[a.account].usage += a.usage;
    ++sums[a.account].users;
  }
  return sums;
}

}  // namespace

std::vector<double> fair_tree_factors(std::span<const Association> associations) {
  const std::vector<AccountSum> accounts = sums_of(associations);
  // With one share each, falling level fair-share is rising usage. A user's is among his account's users.
  using Level = std::pair<double, double>;
  std::vector<Level> levels;
  levels.reserve(associations.size());
  for (const Association& a : associations) {
    const AccountSum& account = accounts[a.account];
    const double part = account.usage > 0 ? a.usage / account.usage * account.users : 0;
    levels.emplace_back(account.usage, part);
  }
  std::vector<std::size_t> order(associations.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return levels[a] < levels[b]; });
  std::vector<double> factors(associations.size());
  const auto all = static_cast<double>(associations.size());
  double factor = 1;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && levels[order[i]] != levels[order[i - 1]]) factor = (all - static_cast<double>(i)) / all;
    factors[order[i]] = factor;
  }
  return factors;
}

std::vector<double> classic_factors(std::span<const Association> associations) {
  const std::vector<AccountSum> accounts = sums_of(associations);
  double all_usage = 0, all_accounts = 0;
  for (const AccountSum& account : accounts) {
    all_usage += account.usage;
    all_accounts += account.users > 0 ? 1 : 0;
  }
  std::vector<double> factors;
  factors.reserve(associations.size());
  for (const Association& a : associations) {
    const AccountSum& account = accounts[a.account];
    const double used = all_usage > 0 ? a.usage / all_usage : 0;
    const double of_account = all_usage > 0 ? account.usage / all_usage : 0;
    const double effective = used + (of_account - used) / account.users;
    factors.push_back(std::exp2(-effective * all_accounts * account.users));
  }
  return factors;
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_account.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "predictor/base/text.h"
#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

std::string row(const std::string& user, const StageAccount& a) {
  const auto size = [](std::int64_t bytes) { return rough_size_text(bytes, std::nullopt); };
  return fmt::format("{:>10} {:>7} {:>10} {:>7} {:>10} {:>7} {:>10} {:>7} {:>10} {:>7} {:>7} {:>7}\n", user,
                     a.copies, size(a.staged_bytes), a.used_copies, size(a.used_bytes), a.drafts,
                     size(a.promised_bytes), a.expired, size(a.expired_bytes), a.unused, a.orphans,
                     a.evicted);
}

nlohmann::json json_of(const StageAccount& a) {
  return {{"copies", a.copies},           {"staged_bytes", a.staged_bytes},
          {"used_copies", a.used_copies}, {"used_bytes", a.used_bytes},
          {"drafts", a.drafts},           {"promised_bytes", a.promised_bytes},
          {"expired", a.expired},         {"expired_bytes", a.expired_bytes},
          {"expired_unused", a.unused},   {"orphans", a.orphans},
          {"evicted", a.evicted},         {"failures", a.failures}};
}

}  // namespace

StageAccount sum_of(const std::vector<StageAccount>& accounts) {
  StageAccount sum;
  for (const StageAccount& a : accounts) {
    sum.copies += a.copies;
    sum.staged_bytes += a.staged_bytes;
    sum.used_copies += a.used_copies;
    sum.used_bytes += a.used_bytes;
    sum.drafts += a.drafts;
    sum.promised_bytes += a.promised_bytes;
    sum.expired += a.expired;
    sum.expired_bytes += a.expired_bytes;
    sum.unused += a.unused;
    sum.orphans += a.orphans;
    sum.evicted += a.evicted;
    sum.failures += a.failures;
  }
  return sum;
}

std::string account_table(const std::vector<StageAccount>& accounts) {
  std::string table =
      fmt::format("{:>10} {:>7} {:>10} {:>7} {:>10} {:>7} {:>10} {:>7} {:>10} {:>7} {:>7} {:>7}\n", "UID",
                  "Copies", "Staged", "Used", "UsedBytes", "Drafts", "Promised", "Expired", "ExpBytes",
                  "Unused", "Orphans", "Evicted");
  for (const StageAccount& account : accounts) table += row(fmt::format("{}", account.uid), account);
  return table + row("all", sum_of(accounts));
}

std::string account_json(const std::vector<StageAccount>& accounts) {
  nlohmann::json users = nlohmann::json::array();
  for (const StageAccount& account : accounts) {
    users.push_back(json_of(account));
    users.back()["uid"] = account.uid;
  }
  return nlohmann::json{{"users", users}, {"all", json_of(sum_of(accounts))}}.dump(2) + "\n";
}

}  // namespace foreshape

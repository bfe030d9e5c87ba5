// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/login.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <string_view>
#include <thread>

#include "predictor/base/directory.h"
#include "predictor/base/text.h"
#include "sql/login_roles.h"
#include "sql/login_rule.h"
#include "tools/setup/changed_file.h"
#include "tools/setup/marked_block.h"
#include "tools/setup/store_server.h"
#include "tools/setup/written_file.h"

namespace foreshape {
namespace {

constexpr mode_t kMode = 0640;  // as PostgreSQL's own packages have it; it is there, and stays as it is

std::string our_line(const StoreServer& server) { return peer_rule(server.database()); }

/// pg_hba.conf of this server, by the server's own word. Root writes there: whoever runs the server may not
/// name any other file.
Result<std::string> rules_path(Pg& db, const StoreServer& server) {
  auto path = login_rules_path(db);
  if (!path || last_name(*path) == "pg_hba.conf") return path;
  return failure(ErrorCode::invalid_input,
                 fmt::format("the server's hba_file is {}: put '{}' first in it by hand", harmless(*path),
                             harmless(our_line(server))));
}

Result<std::string> rules_path(const StoreServer& server) {
  auto db = server.connect("postgres");
  if (!db) return tl::make_unexpected(db.error());
  return rules_path(*db, server);
}

/// Whether its lines let SlurmUser in as themselves; asked before there is such a role.
Result<bool> has_rule(const SetupSite& site, const StoreServer& server) {
  auto db = server.connect("postgres");
  if (!db) return tl::make_unexpected(db.error());
  const auto method = login_method(*db, server.database(), site.slurm_user.name);
  if (!method) return tl::make_unexpected(method.error());
  return *method == "peer" || *method == "trust";
}

Result<StepFinding> check(const SetupSite& site) {
  const StoreServer server{site};
  if (!server.is_local())
    return StepFinding{StepState::left_over,
                       fmt::format("see to it that {} can log in to {}: 'foreshape setup --recipe'",
                                   site.slurm_user.name, site.database)};
  const std::string& who = site.slurm_user.name;
  if (server.connect_as_slurm_user())
    return StepFinding{StepState::done, who + " logs in through the local socket"};
  const auto ruled = has_rule(site, server);
  if (!ruled) return tl::make_unexpected(ruled.error());
  if (*ruled) {
    auto db = server.connect("postgres");
    if (!db) return tl::make_unexpected(db.error());
    const auto role = has_role(*db, {who, {}});
    if (!role) return tl::make_unexpected(role.error());
    // Not made yet, as in a dry run: the line that is there will do.
    if (!*role) return StepFinding{StepState::done, "pg_hba.conf has peer for the local socket"};
  }
  const auto path = rules_path(server);
  if (!path) return tl::make_unexpected(path.error());
  const std::string line = our_line(server);
  return StepFinding{StepState::open, fmt::format("put '{}' first in {}, and reload the server",
                                                  line.substr(0, line.size() - 1), *path)};
}

/// The block without the line, or with it once; other stores on this server have theirs beside it.
std::string with_line(std::string_view block, std::string_view line, bool wanted) {
  std::string lines;
  while (!block.empty()) {
    const std::string_view one = block.substr(0, std::min(block.find('\n'), block.size() - 1) + 1);
    if (one != line) lines += one;
    block.remove_prefix(one.size());
  }
  return wanted ? lines + std::string(line) : lines;
}

Result<void> write_line(const StoreServer& server, bool wanted) {
  auto db = server.connect("postgres");
  if (!db) return tl::make_unexpected(db.error());
  const auto path = rules_path(*db, server);
  if (!path) return tl::make_unexpected(path.error());
  const auto text = text_or_none(*path);
  if (!text) return tl::make_unexpected(text.error());
  const std::string lines = with_line(block_in(*text), our_line(server), wanted);
  if (auto kept = keep_copy(*path, *path + ".before-foreshape"); !kept) return kept;
  if (auto written = change_file(*path, with_block(*text, lines, BlockPlace::first), kMode); !written)
    return written;
  return reload_login_rules(*db);
}

Result<void> make(const SetupSite& site) {
  constexpr int kTries = 50;
  constexpr std::chrono::milliseconds kBetween{100};  // the server reads it when its signal arrives
  const StoreServer server{site};
  if (auto written = write_line(server, true); !written) return written;
  Result<Pg> connected = server.connect_as_slurm_user();
  for (int i = 0; i < kTries && !connected; ++i) {
    std::this_thread::sleep_for(kBetween);
    connected = server.connect_as_slurm_user();
  }
  if (connected) return {};
  return failure(ErrorCode::unavailable,
                 fmt::format("{} still can't log in: {}; look at pg_hba.conf and pg_ident.conf",
                             site.slurm_user.name, connected.error().message));
}

Result<StepFinding> check_removal(const SetupSite& site, bool purge) {
  const StoreServer server{site};
  if (!server.is_local()) return StepFinding{StepState::left_over, "pg_hba.conf is on a server elsewhere"};
  const auto path = rules_path(server);
  if (!path && !purge) return StepFinding{StepState::left_over, "stays: " + path.error().message};
  if (!path) return tl::make_unexpected(path.error());
  const auto text = text_or_none(*path);
  if (!text) return tl::make_unexpected(text.error());
  const std::string block = block_in(*text);
  if (with_line(block, our_line(server), false) == block)
    return StepFinding{StepState::done, "nothing of ours in " + *path};
  if (!purge) return StepFinding{StepState::left_over, "our line in " + *path + " stays with the store"};
  return StepFinding{StepState::open, "take our line out of " + *path + ", and reload the server"};
}

}  // namespace

SetupStep login_step(const SetupSite& site, bool purge) {
  return {.name = "login",
          .check = [site] { return check(site); },
          .make = [site] { return make(site); },
          .check_removal = [site, purge] { return check_removal(site, purge); },
          .remove = [site] { return write_line(StoreServer{site}, false); }};
}

}  // namespace foreshape

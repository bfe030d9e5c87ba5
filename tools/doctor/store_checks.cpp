// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/store_checks.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "predictor/config/units.h"
#include "sql/database.h"
#include "sql/login_roles.h"
#include "sql/migrations.h"
#include "sql/pg.h"
#include "sql/watermark.h"
#include "tools/cli/as_user.h"
#include "tools/cli/child_process.h"

namespace foreshape {
namespace {

constexpr const char* kGroup = "store";
constexpr const char* kTimer = "foreshape setup --apply, which enables the timers";
// On a new site all may be right, and the timer's first ten minutes not over.
constexpr const char* kFirstTime =
    "on a new site wait ten minutes for the timer (foreshape setup --apply enables it), or do now what it "
    "does: ";
constexpr std::array<const char*, 4> kRoles = {"foreshape_activity", "foreshape_operator", "foreshape_reader",
                                               "foreshape_writer"};

// The timer runs every ten minutes; an hour is six of them missed.
constexpr std::int64_t kLate_s = 3'600;
// A snapshot a day old lacks a day of every user's jobs after a restart of slurmctld.
constexpr std::int64_t kOldSnapshot_s = 86'400;

/// Root as who ingests, since PostgreSQL's peer authentication goes by the effective user; nullopt: as it is.
std::optional<AsUser> as_who_ingests(const SettingsFacts& settings) {
  if (geteuid() != 0 || !settings.slurm_user || settings.slurm_user->uid == 0) return std::nullopt;
  const auto user = os_user(settings.slurm_user->name);
  if (!user) return std::nullopt;
  auto begun = AsUser::begin(*user);
  return begun ? std::optional(std::move(*begun)) : std::nullopt;
}

std::optional<UnixSeconds> written_at(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  return info.st_mtime;
}

void ask_roles(Pg& db, StoreFacts& facts) {
  const auto groups = group_roles(db);
  if (!groups) return;
  facts.missing_roles.assign(kRoles.begin(), kRoles.end());
  facts.may_write = false;
  for (const GroupRole& group : *groups) {
    std::erase(facts.missing_roles, group.name);
    if (group.name == "foreshape_writer") facts.may_write = group.has_us;
  }
}

void ask_store(Pg& db, const std::string& cluster, StoreFacts& facts) {
  if (const auto now_s = server_time_s(db)) facts.clock_ahead_s = *now_s - SystemClock().now_s();
  ask_roles(db, facts);
  const auto states = migration_states(db, embedded_migrations());
  if (!states) {
    facts.schema_problem = states.error().message;
    return;
  }
  facts.pending = static_cast<int>(
      std::ranges::count_if(*states, [](const MigrationState& s) { return s.applied_at.empty(); }));
  if (const auto mark = read_watermark(db, {cluster, "sacct"})) facts.sacct_up_to_s = mark->up_to_s;
}

void ask_sacct(const SettingsFacts& settings, StoreFacts& facts) {
  std::vector<std::string> command{
      "sacct", "--allusers", "--allocations", "--noheader", "--starttime=now-1hour", "--format=JobIDRaw"};
  if (geteuid() == 0 && settings.slurm_user && settings.slurm_user->uid != 0)
    command.insert(command.begin(), {"runuser", "-u", settings.slurm_user->name, "--"});
  if (const auto answer = output_of(command); !answer) facts.sacct_problem = answer.error().message;
}

std::string age_of(UnixSeconds then, UnixSeconds now) {
  const std::int64_t age = std::max<std::int64_t>(now - then, 0);
  return age < 120 ? fmt::format("{} s", age) : fmt::format("{:.1f} h", static_cast<double>(age) / 3'600);
}

void check_reach(const StoreFacts& store, Findings& findings) {
  const std::string as =
      fmt::format("as {}{}", store.user, store.database.empty() ? "" : " (" + store.database + ")");
  if (!store.problem.empty())
    findings.push_back(
        {kGroup, Severity::error, fmt::format("the store can't be reached {}: {}", as, store.problem),
         "slurmctld does without; but no snapshot, report or training is made, and the journal fills",
         fmt::format("start PostgreSQL; FORESHAPE_DB in /etc/default/foreshape says where it is; foreshape "
                     "setup --apply makes "
                     "database, role {} and the way in",
                     store.user)});
  else
    findings.push_back(fine(kGroup, "the store answers " + as));
}

void check_schema(const StoreFacts& store, Findings& findings) {
  const std::string why = "ingest, snapshot and sshape need the schema of this program";
  if (!store.schema_problem.empty())
    findings.push_back({kGroup, Severity::error, store.schema_problem, why,
                        "foreshape setup --apply, or foreshape migrate as the owner of the database"});
  else if (store.pending > 0)
    findings.push_back({kGroup, Severity::error,
                        fmt::format("the store's schema lacks {} of this program's steps", store.pending),
                        why, "foreshape setup --apply, or foreshape migrate as the owner of the database"});
  else
    findings.push_back(fine(kGroup, "the schema is up to date"));
  if (!store.missing_roles.empty())
    findings.push_back({kGroup, Severity::error,
                        fmt::format("roles are missing: {}", fmt::join(store.missing_roles, ", ")), why,
                        "foreshape setup --apply, or foreshape migrate as a superuser of PostgreSQL"});
  else if (!store.may_write)
    findings.push_back(
        {kGroup, Severity::error, store.user + " is no member of foreshape_writer",
         "it can't ingest jobs or make snapshots",
         fmt::format("in psql, as a superuser: GRANT foreshape_writer TO \"{}\";", store.user)});
}

void check_freshness(const StoreFacts& store, UnixSeconds now, Findings& findings) {
  const std::string why = "reports, snapshots and models do not know what has come since";
  if (!store.sacct_up_to_s)
    findings.push_back({kGroup, Severity::warning, "no jobs were ever ingested from sacct", why,
                        fmt::format("{}foreshape ingest sacct", kFirstTime)});
  else if (!is_fed(store, now))
    findings.push_back({kGroup, Severity::warning,
                        "jobs were ingested up to " + age_of(*store.sacct_up_to_s, now) + " ago", why,
                        kTimer});
  else
    findings.push_back(
        fine(kGroup, "jobs were ingested up to " + age_of(*store.sacct_up_to_s, now) + " ago"));
  if (!store.journal_read_s)
    findings.push_back({kGroup, Severity::warning, "the journal was never ingested",
                        "the store has no predictions; and once it is full the oldest records are deleted",
                        fmt::format("{}foreshape ingest journal {}", kFirstTime, store.journal_dir)});
  else if (now - *store.journal_read_s > kLate_s)
    findings.push_back({kGroup, Severity::warning,
                        "the journal was ingested last " + age_of(*store.journal_read_s, now) + " ago",
                        "once it is full the oldest records are deleted", kTimer});
  if (store.snapshot_s && now - *store.snapshot_s > kOldSnapshot_s)
    findings.push_back(
        {kGroup, Severity::warning, "the snapshot is " + age_of(*store.snapshot_s, now) + " old",
         "after a restart slurmctld knows the jobs since then only as far as its journal has them", kTimer});
}

}  // namespace

StoreFacts look_at_store(const std::string& conninfo, const SettingsFacts& settings,
                         const SlurmFacts& slurm) {
  StoreFacts facts;
  facts.database = conninfo;
  facts.journal_dir = settings.settings.journal_dir;
  facts.journal_read_s = written_at(facts.journal_dir + "/ingested");
  facts.snapshot_s = written_at(settings.settings.snapshot_file);
  ask_sacct(settings, facts);
  const auto as_user = as_who_ingests(settings);
  facts.user = user_text(geteuid());
  auto db = Pg::connect(facts.database);
  if (db)
    ask_store(*db, slurm.value("ClusterName"), facts);
  else
    facts.problem = db.error().message;
  return facts;
}

bool is_fed(const StoreFacts& store, UnixSeconds now) {
  return store.sacct_up_to_s && now - *store.sacct_up_to_s <= kLate_s;
}

Findings store_findings(const StoreFacts& store, UnixSeconds now) {
  Findings findings;
  check_reach(store, findings);
  if (!store.sacct_problem.empty())
    findings.push_back({kGroup, Severity::error, "sacct as " + store.user + ": " + store.sacct_problem,
                        "past jobs are what is learned from",
                        "systemctl status slurmdbd; with PrivateData=jobs the user who ingests must be "
                        "SlurmUser, root or an "
                        "operator: sacctmgr modify user " +
                            store.user + " set adminlevel=operator"});
  if (!store.problem.empty()) return findings;
  check_schema(store, findings);
  if (store.schema_problem.empty() && store.pending == 0) check_freshness(store, now, findings);
  return findings;
}

}  // namespace foreshape

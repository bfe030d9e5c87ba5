// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/store_steps.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <memory>

#include "sql/database.h"
#include "sql/login_roles.h"
#include "sql/migrations.h"
#include "sql/roles.h"
#include "tools/cli/command.h"
#include "tools/setup/store_server.h"

namespace foreshape {
namespace {

/// A step's function over the server, without its own connections.
template <class Answer>
using OverServer = std::function<Result<Answer>(const StoreServer&)>;

/// What is said where the server is somebody else's.
StepFinding elsewhere(const StoreServer& server) {
  return {StepState::left_over,
          fmt::format("database {} is on a server elsewhere: give --admin-db, or have its "
                      "administrator do what 'foreshape setup --recipe' prints",
                      server.database())};
}

/// Removal without --purge-data: everything in the store stays, whether the server answers or not.
Result<StepFinding> kept(const StoreServer& server) {
  const auto there = server.has_database();
  if (there && !*there) return StepFinding{StepState::done, "no database " + server.database()};
  return StepFinding{
      StepState::left_over,
      fmt::format("stays, with what is in database {}; --purge-data drops it", server.database())};
}

struct StoreStep {
  OverServer<StepFinding> check;
  OverServer<void> make;
  OverServer<StepFinding> check_removal;  ///< with --purge-data, on a server that has the database
  OverServer<void> remove;
};

SetupStep store_step(const std::string& name, const SetupSite& site, bool purge, const StoreStep& step) {
  const auto check_removal = [purge, step](const StoreServer& server) -> Result<StepFinding> {
    if (!server.is_ours_to_set_up()) return elsewhere(server);
    return purge ? step.check_removal(server) : kept(server);
  };
  const auto check = [step](const StoreServer& server) -> Result<StepFinding> {
    return server.is_ours_to_set_up() ? step.check(server) : elsewhere(server);
  };
  return {.name = name,
          .check = [site, check] { return check(StoreServer{site}); },
          .make = [site, step] { return step.make(StoreServer{site}); },
          .check_removal = [site, check_removal] { return check_removal(StoreServer{site}); },
          .remove = [site, step] { return step.remove(StoreServer{site}); }};
}

Result<StepFinding> check_database(const StoreServer& server) {
  const auto there = server.has_database();
  if (!there) return tl::make_unexpected(there.error());
  if (*there) return StepFinding{StepState::done, "database " + server.database()};
  return StepFinding{StepState::open, "create database " + server.database()};
}

Result<void> make_database(const StoreServer& server) {
  auto db = server.connect("postgres");
  if (!db) return tl::make_unexpected(db.error());
  return create_database(*db, server.database());
}

Result<StepFinding> check_database_removal(const StoreServer& server) {
  auto db = server.connect("postgres");
  if (!db) return tl::make_unexpected(db.error());
  const auto ours = is_database_of_ours(*db, server.database());
  if (!ours) return tl::make_unexpected(ours.error());
  const auto groups = unused_group_roles(*db);
  if (!groups) return tl::make_unexpected(groups.error());
  if (*ours)
    return StepFinding{StepState::open,
                       fmt::format("drop database {} and Foreshape's roles", server.database())};
  if (!groups->empty()) return StepFinding{StepState::open, "drop Foreshape's roles"};
  return StepFinding{StepState::done, "nothing of ours"};
}

Result<void> remove_database(const StoreServer& server) {
  auto db = server.connect("postgres");
  if (!db) return tl::make_unexpected(db.error());
  const auto ours = is_database_of_ours(*db, server.database());
  if (!ours) return tl::make_unexpected(ours.error());
  if (*ours)
    if (auto done = drop_database(*db, server.database()); !done) return done;
  // Roles that another store on this server uses are not among them.
  const auto groups = unused_group_roles(*db);
  if (!groups) return tl::make_unexpected(groups.error());
  return drop_roles(*db, *groups);
}

/// How many steps of the schema are missing; all where there is no database.
Result<std::size_t> missing_migrations(const StoreServer& server) {
  const auto there = server.has_database();
  if (!there) return tl::make_unexpected(there.error());
  if (!*there) return embedded_migrations().size();
  auto db = server.connect(server.database());
  if (!db) return tl::make_unexpected(db.error());
  const auto states = migration_states(*db, embedded_migrations());
  if (!states) return tl::make_unexpected(states.error());
  return static_cast<std::size_t>(
      std::count_if(states->begin(), states->end(), [](const auto& s) { return s.applied_at.empty(); }));
}

Result<StepFinding> check_schema(const StoreServer& server) {
  const auto missing = missing_migrations(server);
  if (!missing) return tl::make_unexpected(missing.error());
  if (*missing == 0) return StepFinding{StepState::done, "the schema is up to date"};
  return StepFinding{StepState::open,
                     fmt::format("apply {} steps of the schema, with the roles foreshape_*", *missing)};
}

/// The schema with our mark, where there is none yet: one that somebody else made is never dropped.
Result<void> begin_schema(Pg& db) {
  const auto there = has_schema(db);
  if (!there) return tl::make_unexpected(there.error());
  if (*there) return {};
  return create_schema(db);
}

/// Whether we made it, or the whole database.
Result<bool> is_schema_to_drop(const StoreServer& server, Pg& db) {
  auto database = is_database_of_ours(db, server.database());
  if (!database || *database) return database;
  return is_schema_of_ours(db);
}

StepFinding foreign_schema(const StoreServer& server) {
  return {StepState::left_over,
          fmt::format("schema foreshape of database {} stays: setup made neither; DROP SCHEMA foreshape "
                      "CASCADE drops it, and all jobs in it",
                      server.database())};
}

Result<void> make_schema(const StoreServer& server) {
  auto db = server.connect(server.database());
  if (!db) return tl::make_unexpected(db.error());
  if (auto begun = begin_schema(*db); !begun) return begun;
  const auto applied = migrate(*db, embedded_migrations(), version_text(), {});
  if (!applied) return tl::make_unexpected(applied.error());
  return {};
}

Result<StepFinding> check_schema_removal(const StoreServer& server) {
  const auto there = server.has_database();
  if (!there) return tl::make_unexpected(there.error());
  if (*there) {
    auto db = server.connect(server.database());
    if (!db) return tl::make_unexpected(db.error());
    const auto schema = has_schema(*db);
    if (!schema) return tl::make_unexpected(schema.error());
    const auto ours = is_schema_to_drop(server, *db);
    if (!ours) return tl::make_unexpected(ours.error());
    if (*schema && !*ours) return foreign_schema(server);
    if (*schema) return StepFinding{StepState::open, "drop the schema, and all jobs in it"};
  }
  return StepFinding{StepState::done, "no schema"};
}

Result<void> remove_schema(const StoreServer& server) {
  auto db = server.connect(server.database());
  if (!db) return tl::make_unexpected(db.error());
  const auto ours = is_schema_to_drop(server, *db);
  if (!ours) return tl::make_unexpected(ours.error());
  if (!*ours) return failure(ErrorCode::busy, "another schema than before: run it again");
  return drop_schema(*db);
}

/// Who logs in for the site itself, and what they may do.
std::vector<LoginRole> site_roles(const SetupSite& site) {
  std::vector<LoginRole> roles = {{site.slurm_user.name, {"foreshape_writer", "foreshape_operator"}}};
  if (site.slurm_user.name != "root") roles.push_back({"root", {"foreshape_operator"}});
  return roles;
}

Result<std::vector<LoginRole>> missing_site_roles(const SetupSite& site, Pg& db) {
  std::vector<LoginRole> missing;
  for (const LoginRole& role : site_roles(site)) {
    const auto has = has_role(db, role);
    if (!has) return tl::make_unexpected(has.error());
    if (!*has) missing.push_back(role);
  }
  return missing;
}

std::string names_of(const std::vector<LoginRole>& roles) {
  std::string names;
  for (const LoginRole& role : roles) names += (names.empty() ? "" : ", ") + role.name;
  return names;
}

Result<StepFinding> check_roles(const SetupSite& site, const StoreServer& server) {
  const auto unmade = missing_migrations(server);
  if (!unmade) return tl::make_unexpected(unmade.error());
  const std::string may = " (ingest and reports), users their own rows";
  if (*unmade > 0) return StepFinding{StepState::open, "let log in: " + names_of(site_roles(site)) + may};
  auto db = server.connect(server.database());
  if (!db) return tl::make_unexpected(db.error());
  const auto missing = missing_site_roles(site, *db);
  if (!missing) return tl::make_unexpected(missing.error());
  const auto users = sync_roles(*db, "", true, {});
  if (!users) return tl::make_unexpected(users.error());
  if (missing->empty() && users->granted == 0)
    return StepFinding{StepState::done, names_of(site_roles(site)) + may};
  return StepFinding{StepState::open,
                     fmt::format("let log in: {}{} users with jobs",
                                 missing->empty() ? "" : names_of(*missing) + ", ", users->granted)};
}

Result<void> make_roles(const SetupSite& site, const StoreServer& server) {
  auto db = server.connect(server.database());
  if (!db) return tl::make_unexpected(db.error());
  const auto missing = missing_site_roles(site, *db);
  if (!missing) return tl::make_unexpected(missing.error());
  for (const LoginRole& role : *missing)
    if (auto made = make_role(*db, role); !made) return made;
  if (const auto users = sync_roles(*db, "", false, {}); !users) return tl::make_unexpected(users.error());
  return {};
}

Result<std::vector<std::string>> roles_to_drop(const StoreServer& server) {
  auto db = server.connect("postgres");
  if (!db) return tl::make_unexpected(db.error());
  return made_roles(*db, server.database());
}

Result<StepFinding> check_roles_removal(const StoreServer& server) {
  const auto made = roles_to_drop(server);
  if (!made) return tl::make_unexpected(made.error());
  if (made->empty()) return StepFinding{StepState::done, "none that Foreshape made"};
  return StepFinding{StepState::open,
                     fmt::format("drop {} roles that Foreshape made for people", made->size())};
}

Result<void> remove_roles(const StoreServer& server) {
  const auto made = roles_to_drop(server);
  if (!made) return tl::make_unexpected(made.error());
  auto db = server.connect("postgres");
  if (!db) return tl::make_unexpected(db.error());
  return drop_roles(*db, *made);
}

}  // namespace

SetupStep database_step(const SetupSite& site, bool purge) {
  return store_step("database", site, purge,
                    {check_database, make_database, check_database_removal, remove_database});
}

SetupStep schema_step(const SetupSite& site, bool purge) {
  return store_step("schema", site, purge, {check_schema, make_schema, check_schema_removal, remove_schema});
}

SetupStep roles_step(const SetupSite& site, bool purge) {
  return store_step("roles", site, purge,
                    {[site](const StoreServer& server) { return check_roles(site, server); },
                     [site](const StoreServer& server) { return make_roles(site, server); },
                     check_roles_removal, remove_roles});
}

}  // namespace foreshape

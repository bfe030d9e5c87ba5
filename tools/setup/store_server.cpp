// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/store_server.h"

#include <cstdlib>
#include <fmt/format.h>

#include "predictor/base/text.h"

namespace foreshape {
namespace {

constexpr const char* kSuperuser = "postgres";

tl::unexpected<Error> with_cure(Error error) {
  error.message +=
      "; is PostgreSQL installed and running here (apt install postgresql)? Where it is on another host: "
      "--db "
      "'host=HOST dbname=foreshape'";
  return tl::make_unexpected(std::move(error));
}

/// Names are looked up in schema foreshape first: whoever else owns it could have put functions there, which
/// would then run with the superuser's rights. Each name here is spelled out for the same reason.
Result<void> check_schema(Pg& db) {
  const auto owners = db.query(
      "SELECT r.rolname FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_roles r ON r.oid "
      "OPERATOR(pg_catalog.=) n.nspowner WHERE n.nspname OPERATOR(pg_catalog.=) 'foreshape' AND NOT "
      "r.rolsuper");
  if (!owners) return tl::make_unexpected(owners.error());
  if (owners->size() == 0) return {};
  return failure(ErrorCode::invalid_input,
                 fmt::format("schema foreshape belongs to {}, who is no superuser: what is in it would run "
                             "as one; go on as {} with 'foreshape migrate' and 'foreshape roles'",
                             harmless(owners->text(0, 0)), harmless(owners->text(0, 0))));
}

}  // namespace

StoreServer::StoreServer(const SetupSite& site)
    : site_(site), database_(Pg::part_of(site.database, "dbname")) {
  if (database_.empty()) database_ = "foreshape";
}

bool StoreServer::is_local() const {
  const std::string host = Pg::part_of(site_.database, "host");
  if (!host.empty()) return host.starts_with('/') || host.starts_with('@');
  // What libpq takes from there instead of the socket of this machine.
  for (const char* name : {"PGHOST", "PGHOSTADDR", "PGSERVICE"})
    if (std::getenv(name) != nullptr) return false;  // NOLINT(concurrency-mt-unsafe): one thread
  return Pg::part_of(site_.database, "hostaddr").empty() && Pg::part_of(site_.database, "service").empty();
}

Result<Pg> StoreServer::connect(const std::string& database) const {
  if (!site_.admin_database.empty()) {
    const auto conninfo = Pg::conninfo_with(site_.admin_database, {{"dbname", database}});
    if (!conninfo) return tl::make_unexpected(conninfo.error());
    return Pg::connect(*conninfo);
  }
  // Whoever else answers at the socket is not believed: what it says is done with root's rights.
  const auto conninfo = Pg::conninfo_with(
      site_.database, {{"dbname", database}, {"user", kSuperuser}, {"requirepeer", kSuperuser}});
  if (!conninfo) return tl::make_unexpected(conninfo.error());
  const auto superuser = os_user(kSuperuser);
  if (!superuser) return with_cure(superuser.error());
  const auto as_superuser = AsUser::begin(*superuser);
  if (!as_superuser) return tl::make_unexpected(as_superuser.error());
  auto connected = Pg::connect(*conninfo);
  if (!connected) return with_cure(connected.error());
  if (auto safe = check_schema(*connected); !safe) return tl::make_unexpected(safe.error());
  return connected;
}

Result<Pg> StoreServer::connect_as_slurm_user() const {
  const auto as_slurm = AsUser::begin(site_.slurm_user);
  if (!as_slurm) return tl::make_unexpected(as_slurm.error());
  return Pg::connect(site_.database);
}

Result<bool> StoreServer::has_database() const {
  auto server = connect(kSuperuser);
  if (!server) return tl::make_unexpected(server.error());
  const auto found = server->query("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", {database_});
  if (!found) return tl::make_unexpected(found.error());
  return found->boolean(0, 0);
}

}  // namespace foreshape

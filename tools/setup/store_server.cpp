// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/store_server.h"

#include <cstdlib>
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "sql/conninfo.h"
#include "sql/database.h"

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

Result<void> check_schema(Pg& db) {
  const auto owner = unsafe_schema_owner(db);
  if (!owner) return tl::make_unexpected(owner.error());
  if (owner->empty()) return {};
  return failure(ErrorCode::invalid_input,
                 fmt::format("schema foreshape belongs to {}, who is no superuser: what is in it would run "
                             "as one; go on as {} with 'foreshape migrate' and 'foreshape roles'",
                             harmless(*owner), harmless(*owner)));
}

}  // namespace

StoreServer::StoreServer(const SetupSite& site)
    : site_(site), database_(conninfo_part(site.database, "dbname")) {
  if (database_.empty()) database_ = "foreshape";
}

bool StoreServer::is_local() const {
  const std::string host = conninfo_part(site_.database, "host");
  if (!host.empty()) return host.starts_with('/') || host.starts_with('@');
  // What libpq takes from there instead of the socket of this machine.
  for (const char* name : {"PGHOST", "PGHOSTADDR", "PGSERVICE"})
    if (std::getenv(name) != nullptr) return false;  // NOLINT(concurrency-mt-unsafe): one thread
  return conninfo_part(site_.database, "hostaddr").empty() &&
         conninfo_part(site_.database, "service").empty();
}

Result<Pg> StoreServer::connect(const std::string& database) const {
  if (!site_.admin_database.empty()) {
    const auto conninfo = conninfo_with(site_.admin_database, {{"dbname", database}});
    if (!conninfo) return tl::make_unexpected(conninfo.error());
    return Pg::connect(*conninfo);
  }
  // Whoever else answers at the socket is not believed: what it says is done with root's rights.
  const auto conninfo = conninfo_with(
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
  return foreshape::has_database(*server, database_);
}

}  // namespace foreshape

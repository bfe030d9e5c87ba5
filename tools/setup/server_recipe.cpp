// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/server_recipe.h"

#include <fmt/format.h>

namespace foreshape {

std::string server_recipe(const std::string& database, const std::string& slurm_user) {
  return fmt::format(
      "A PostgreSQL server on another host, here DBHOST (15 or newer). On DBHOST, as user postgres:\n"
      "    psql -c 'CREATE ROLE {1} LOGIN' -c '\\password {1}'\n"
      "    psql -c 'CREATE ROLE foreshape_admin LOGIN SUPERUSER' -c '\\password foreshape_admin'    # drop "
      "it afterwards\n"
      "  postgresql.conf:  listen_addresses = '*'\n"
      "  pg_hba.conf, before other lines for these hosts; then reload the server:\n"
      "    hostssl all  foreshape_admin  SLURMCTLD-ADDRESS/32  scram-sha-256\n"
      "    hostssl {0}  {1}  SLURMCTLD-ADDRESS/32  scram-sha-256\n"
      "On slurmctld's host, with the password of {1} in ~{1}/.pgpass (mode 600; "
      "DBHOST:5432:{0}:{1}:PASSWORD), and that\n"
      "of foreshape_admin in ~root/.pgpass:\n"
      "    foreshape setup --db 'host=DBHOST dbname={0}' --admin-db 'host=DBHOST user=foreshape_admin'\n"
      "\n"
      "Login nodes, so that users read their own rows with sshape there. In pg_hba.conf of the database's "
      "host:\n"
      "    hostssl {0}  all  LOGIN-NODES/24  gss include_realm=0    # Kerberos; else scram-sha-256, with "
      "passwords\n"
      "  On each login node, in /etc/default/foreshape:\n"
      "    FORESHAPE_DB=\"host=DBHOST dbname={0}\"\n"
      "  'foreshape setup' (or 'foreshape roles sync') run again gives new users their roles.\n",
      database, slurm_user);
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/store_checks.h"

#include "tests/tools/doctor/site_builder.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kStoreNow = 1'790'000'000;

StoreFacts healthy_store() {
  StoreFacts store;
  store.user = "slurm";
  store.database = "dbname=foreshape";
  store.sacct_up_to_s = kStoreNow - 300;
  store.journal_read_s = kStoreNow - 300;
  store.snapshot_s = kStoreNow - 300;
  return store;
}

}  // namespace

TEST(StoreFindings, AreFineWhereAllIsWell) { expect_healthy(store_findings(healthy_store(), kStoreNow)); }

TEST(StoreFindings, SayWhatIsWrong) {
  const struct {
    const char* why;
    void (*breaks)(StoreFacts&);
    Severity severity;
    const char* want;
  } cases[] = {
      {"down", [](StoreFacts& s) { s.problem = "connection refused"; }, Severity::error,
       "the store can't be reached as slurm (dbname=foreshape): connection refused"},
      {"never migrated", [](StoreFacts& s) { s.schema_problem = "no table"; }, Severity::error, "no table"},
      {"an old schema", [](StoreFacts& s) { s.pending = 2; }, Severity::error,
       "lacks 2 of this program's steps"},
      {"roles are gone", [](StoreFacts& s) { s.missing_roles = {"foreshape_reader"}; }, Severity::error,
       "roles are missing: foreshape_reader"},
      {"no right to write", [](StoreFacts& s) { s.may_write = false; }, Severity::error,
       "GRANT foreshape_writer TO \"slurm\""},
      {"sacct answers nothing", [](StoreFacts& s) { s.sacct_problem = "sacct: exit code 1"; },
       Severity::error, "sacct as slurm: sacct: exit code 1"},
      {"never fed", [](StoreFacts& s) { s.sacct_up_to_s.reset(); }, Severity::warning,
       "no jobs were ever ingested"},
      {"fed yesterday", [](StoreFacts& s) { s.sacct_up_to_s = kStoreNow - 86'400; }, Severity::warning,
       "jobs were ingested up to 24.0 h ago"},
      {"no journal", [](StoreFacts& s) { s.journal_read_s.reset(); }, Severity::warning,
       "the journal was never ingested"},
      {"an old journal", [](StoreFacts& s) { s.journal_read_s = kStoreNow - 7'200; }, Severity::warning,
       "the journal was ingested last 2.0 h ago"},
      {"an old snapshot", [](StoreFacts& s) { s.snapshot_s = kStoreNow - 90'000; }, Severity::warning,
       "the snapshot is 25.0 h old"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    StoreFacts store = healthy_store();
    c.breaks(store);
    expect_finding(store_findings(store, kStoreNow), c.severity, c.want);
  }
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/migrations.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <thread>

#include "tests/sql/pg_server.h"

namespace foreshape {
namespace {

constexpr Migration kSteps[] = {
    {1, "0001_first", "CREATE TABLE foreshape.first (x integer);"},
    {2, "0002_second",
     "ALTER TABLE foreshape.first ADD COLUMN y integer; INSERT INTO foreshape.first VALUES (1, 2);"},
};

TEST(EmbeddedMigrations, AreTheFilesByteForByteWithoutGaps) {
  int wanted = 1;
  for (const auto& m : embedded_migrations()) {
    EXPECT_EQ(m.number, wanted++);
    std::ifstream file(std::string(FORESHAPE_SOURCE) + "/sql/migrations/" + m.name + ".sql",
                       std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), m.sql) << m.name;
  }
  EXPECT_GT(wanted, 1);
}

TEST(Migrate, AppliesEachStepOnce) {
  auto& server = PgServer::instance();
  Pg db = server.connect(server.new_database(true));
  EXPECT_TRUE(migration_states(db, kSteps)->at(0).applied_at.empty()) << "an empty database has no history";
  EXPECT_EQ(migrate(db, std::span(kSteps, 1), "r1", {}), 1);
  EXPECT_EQ(migrate(db, kSteps, "r2", {}), 1);
  EXPECT_EQ(migrate(db, kSteps, "r3", {}), 0);
  EXPECT_EQ(db.query("SELECT y FROM first")->integer(0, 0), 2);
  EXPECT_EQ(db.query("SELECT revision FROM migration ORDER BY number")->text(1, 0), "r2");
  EXPECT_FALSE(migration_states(db, kSteps)->at(1).applied_at.empty());
}

TEST(Migrate, RefusesAnEditedStepAndANewerDatabase) {
  auto& server = PgServer::instance();
  Pg db = server.connect(server.new_database(true));
  ASSERT_TRUE(migrate(db, kSteps, "r", {}));
  const Migration edited[] = {kSteps[0], {2, "0002_second", "SELECT 1;"}};
  const auto done = migrate(db, edited, "r", {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::corrupt);
  EXPECT_NE(done.error().message.find("0002_second"), std::string::npos);
  EXPECT_EQ(migrate(db, std::span(kSteps, 1), "r", {}).error().code, ErrorCode::corrupt);
}

TEST(Migrate, LeavesNothingOfAStepThatFails) {
  auto& server = PgServer::instance();
  Pg db = server.connect(server.new_database(true));
  const Migration broken[] = {kSteps[0],
                              {2, "0002_bad", "CREATE TABLE foreshape.half (x integer); SELECT 1/0;"}};
  const auto done = migrate(db, broken, "r", {});
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("0002_bad"), std::string::npos);
  EXPECT_TRUE(db.query("SELECT to_regclass('foreshape.half') IS NULL")->boolean(0, 0));
  EXPECT_EQ(db.query("SELECT count(*) FROM migration")->integer(0, 0), 1);
}

TEST(Migrate, LetsTwoProgramsRunAtOnce) {
  auto& server = PgServer::instance();
  const std::string name = server.new_database(true);
  int applied[2] = {-1, -1};
  const auto run = [&](int i) {
    Pg db = server.connect(name);
    applied[i] = migrate(db, embedded_migrations(), "r", {}).value_or(-1);
  };
  std::thread other(run, 1);
  run(0);
  other.join();
  EXPECT_EQ(applied[0] + applied[1], static_cast<int>(embedded_migrations().size()));
}

TEST(Migrate, DividesTheUidsOfAStoreThatHasJobs) {
  auto& server = PgServer::instance();
  Pg db = server.connect(server.new_database(true));
  const auto before = embedded_migrations().first(4);
  ASSERT_EQ(before.back().name, std::string("0004_states"));
  ASSERT_EQ(migrate(db, before, "r", {}), 4);
  // erin has had carol's uid since December, and was moved to another account later; dave has his own.
  ASSERT_TRUE(db.script(
      "SELECT add_month('job', '2026-11-05Z'), add_month('job', '2026-12-05Z');"
      "INSERT INTO job (cluster, job_id, job_id_text, submit_time, state, uid, user_name, account) VALUES"
      " ('lab', 1, '1', '2026-11-05Z', 'COMPLETED', 1003, 'carol', 'a'),"
      " ('lab', 2, '2', '2026-12-05Z', 'COMPLETED', 1003, 'erin', 'b'),"
      " ('lab', 3, '3', '2026-12-06Z', 'COMPLETED', 1004, 'dave', 'a');"
      "INSERT INTO person (cluster, uid, user_name, account) VALUES ('lab', 1003, 'carol', 'a'),"
      " ('lab', 1003, 'erin', 'moved'), ('lab', 1003, 'erin', 'b'), ('lab', 1004, 'dave', 'a');"));
  const auto done = migrate(db, embedded_migrations(), "r", {});
  ASSERT_TRUE(done) << done.error().message;
  const auto rows = db.query(
      "SELECT user_name || ' ' || account || ' ' || (owns_from AT TIME ZONE 'UTC') || ' ' ||"
      " (owns_until AT TIME ZONE 'UTC') FROM person ORDER BY 1");
  std::vector<std::string> owners;
  for (std::size_t i = 0; i < rows->size(); ++i) owners.emplace_back(rows->text(i, 0));
  EXPECT_EQ(owners, (std::vector<std::string>{
                        "carol a -infinity 2026-12-04 23:59:00", "dave a -infinity infinity",
                        "erin b 2026-12-04 23:59:00 infinity", "erin moved 2026-12-04 23:59:00 infinity"}));
}

TEST(Store, MayLiveInSeveralDatabasesOfOneServer) {
  auto& server = PgServer::instance();
  server.new_database();
  server.new_database();  // the roles are there already
}

TEST(AddMonth, MakesPartitionsOfSaneMonthsOnly) {
  auto& server = PgServer::instance();
  Pg db = server.connect(server.new_database());
  ASSERT_TRUE(
      db.query("SELECT add_month('job', '2026-11-30T23:30:00-05'), add_month('job', '1996-05-01Z'),"
               " add_month('job', '2500-01-01Z'), add_month('job', '1970-01-01Z')"));
  const auto months = db.query(
      "SELECT relname FROM pg_class WHERE relname ~ '^job_[0-9]{4}' AND relkind = 'r' ORDER BY relname");
  ASSERT_EQ(months->size(), 2U);
  EXPECT_EQ(months->text(0, 0), "job_1996_05");
  EXPECT_EQ(months->text(1, 0), "job_2026_12") << "months are UTC";
  EXPECT_FALSE(db.query("SELECT add_month('person', now())"));
}

}  // namespace
}  // namespace foreshape

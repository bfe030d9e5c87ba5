// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/pg.h"

#include <gtest/gtest.h>

#include "sql/copy_lines.h"
#include "sql/login_rule.h"
#include "tests/sql/pg_server.h"

namespace foreshape {
namespace {

class PgTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(db_.script("CREATE SCHEMA foreshape")); }  // where our sessions look

  PgServer& server_ = PgServer::instance();
  std::string name_ = server_.new_database(true);
  Pg db_ = server_.connect(name_);
};

TEST_F(PgTest, PassesHostileTextAsAParameterUnchanged) {
  const std::string hostile = "'; DROP TABLE x; --\\ \"quoted\" \xC3\xA9";
  EXPECT_EQ(db_.query("SELECT $1::text, $2::bigint", {hostile, std::nullopt})->text(0, 0), hostile);
  EXPECT_TRUE(db_.query("SELECT $1::text, $2::bigint", {hostile, std::nullopt})->is_null(0, 1));
  EXPECT_EQ(
      db_.query("SELECT ($1::text[])[2]", {pg_array(std::vector<std::string>{"a", hostile})})->text(0, 0),
      hostile);
}

TEST_F(PgTest, CopiesHostileTextHarmlessly) {
  ASSERT_TRUE(db_.script("CREATE TABLE t (a text, b bigint, c real, d boolean, e real[])"));
  CopyLines lines;
  lines.text("tab\there \\. line\nfeed \xFF\x1B[2J \\N end");
  lines.integer(-5);
  lines.real(0.25);
  lines.boolean(true);
  const float values[] = {1, 2.5F};
  lines.array(values);
  lines.end_line();
  lines.text("\\.");
  for (int i = 0; i < 4; ++i) lines.null();
  lines.end_line();
  ASSERT_TRUE(db_.copy_in("t", lines.lines()));
  const auto rows = db_.query("SELECT a, b, c, d, e[2] FROM t");
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ(rows->text(0, 0), "tab?here \\. line?feed ??[2J \\N end");
  EXPECT_EQ(rows->integer(0, 1), -5);
  EXPECT_EQ(rows->real(0, 4), 2.5);
  EXPECT_EQ(rows->text(1, 0), "\\.");
  EXPECT_TRUE(rows->is_null(1, 4));
}

TEST_F(PgTest, SaysWhatKindOfFailureItWas) {
  EXPECT_EQ(db_.query("SELECT * FROM foreshape.job").error().code, ErrorCode::not_found);
  EXPECT_NE(db_.query("SELECT * FROM foreshape.job").error().message.find("foreshape migrate"),
            std::string::npos);
  EXPECT_EQ(db_.query("SELECT 'x'::integer").error().code, ErrorCode::invalid_input);
  EXPECT_EQ(db_.query("SELEC").error().code, ErrorCode::internal);
  EXPECT_EQ(Pg::connect("host=/nowhere").error().code, ErrorCode::unavailable);
  EXPECT_EQ(Pg::connect(server_.conninfo("none")).error().code, ErrorCode::unavailable);
}

TEST_F(PgTest, StreamsRowsUntilTold) {
  std::int64_t rows = 0;
  ASSERT_TRUE(
      db_.stream("SELECT generate_series(1, 100000)", {}, [&](const PgRows&) { return ++rows < 1'000'000; }));
  EXPECT_EQ(rows, 100'000);
  rows = 0;
  ASSERT_TRUE(
      db_.stream("SELECT generate_series(1, 100000000)", {}, [&](const PgRows&) { return ++rows < 10; }));
  EXPECT_EQ(rows, 10);
  EXPECT_TRUE(db_.query("SELECT 1")) << "the connection is free again";
  EXPECT_FALSE(
      db_.stream("SELECT 1 / (3 - x) FROM generate_series(1, 5) x", {}, [](const PgRows&) { return true; }));
}

TEST_F(PgTest, RollsBackWorkThatFails) {
  ASSERT_TRUE(db_.script("CREATE TABLE t (x integer)"));
  EXPECT_FALSE(db_.transaction([](Pg& pg) -> Result<void> {
    if (auto done = pg.query("INSERT INTO t VALUES (1)"); !done) return tl::make_unexpected(done.error());
    return failure(ErrorCode::internal, "changed my mind");
  }));
  EXPECT_EQ(db_.query("SELECT count(*) FROM t")->integer(0, 0), 0);
}

TEST_F(PgTest, RepeatsWorkWhoseConnectionWasLostBeforeTheCommit) {
  ASSERT_TRUE(db_.script("CREATE TABLE t (x integer)"));
  int tries = 0;
  const auto done = db_.transaction([&](Pg& pg) -> Result<void> {
    if (auto inserted = pg.query("INSERT INTO t VALUES (1)"); !inserted)
      return tl::make_unexpected(inserted.error());
    if (++tries == 1) {
      Pg other = server_.connect(name_);
      const std::string pid{pg.query("SELECT pg_backend_pid()")->text(0, 0)};
      static_cast<void>(other.query("SELECT pg_terminate_backend($1::integer, 5000)", {pid}));
    }
    if (auto more = pg.query("INSERT INTO t VALUES (2)"); !more) return tl::make_unexpected(more.error());
    return {};
  });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(tries, 2);
  EXPECT_EQ(db_.query("SELECT count(*) FROM t")->integer(0, 0), 2);
}

TEST_F(PgTest, NeverRepeatsWhenTheCommitIsInDoubt) {
  // A deferred constraint trigger ends our own server process in the middle of COMMIT.
  ASSERT_TRUE(
      db_.script("CREATE TABLE t (x integer);"
                 "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
                 "pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
                 "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                 "EXECUTE FUNCTION die()"));
  int tries = 0;
  const auto done = db_.transaction([&](Pg& pg) -> Result<void> {
    ++tries;
    if (auto inserted = pg.query("INSERT INTO t VALUES (1)"); !inserted)
      return tl::make_unexpected(inserted.error());
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unavailable);
  EXPECT_NE(done.error().message.find("in doubt"), std::string::npos) << done.error().message;
  EXPECT_EQ(tries, 1);
}

TEST_F(PgTest, RunsTheStatementsThatAQueryAnswersWithNamesThatCannotBeLeft) {
  const std::string hostile = "a\"; DROP SCHEMA foreshape; --";
  ASSERT_TRUE(db_.run_answered(
      "VALUES (format('CREATE TABLE %I (x integer)', $1::text)), (format('INSERT INTO %I VALUES (7)', $1))",
      {hostile}));
  EXPECT_EQ(db_.query("SELECT relname FROM pg_class WHERE relname = $1", {hostile})->size(), 1U);
  EXPECT_FALSE(db_.run_answered("VALUES ('SELEC'), ('CREATE TABLE later (x integer)')", {}));
  EXPECT_EQ(db_.query("SELECT to_regclass('later')")->text(0, 0), "") << "none is run after one that failed";
}

TEST(PeerRule, NamesADatabaseInQuotesThatItCannotLeave) {
  EXPECT_EQ(peer_rule("a\" all trust # "), "local \"a\"\" all trust # \" all peer\n");
}

}  // namespace
}  // namespace foreshape

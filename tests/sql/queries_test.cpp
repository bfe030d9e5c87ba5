// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/queries.h"

#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "tests/sql/pg_server.h"

namespace foreshape {
namespace {

/// Statements that PREPARE does not take: they make what the others use, and are run.
bool is_definition(std::string_view name) { return name.starts_with("make_") || name == "begin_history"; }

TEST(Queries, AreAllUnderstoodByTheServer) {
  auto& server = PgServer::instance();
  Pg db = server.connect(server.new_database());
  for (const auto& [name, sql] : kQueries)
    if (is_definition(name)) {
      const auto done = db.script(sql);
      EXPECT_TRUE(done) << name << ": " << done.error().message;
    }
  for (const auto& [name, sql] : kQueries) {
    if (is_definition(name)) continue;
    const auto done = db.script("PREPARE " + std::string(name) + " AS " + sql);
    EXPECT_TRUE(done) << name << ": " << done.error().message;
  }
}

TEST(Queries, SayWhatTheyAnswerAndWhichParametersTheyTake) {
  for (const auto& [name, sql] : kQueries) {
    const std::string_view text = sql;
    EXPECT_TRUE(text.starts_with("-- ")) << name;
    EXPECT_EQ(text.find("-- include"), text.npos) << name << ": a part was not included";
    EXPECT_EQ(text.find("No parameters") == text.npos, text.find("$1") != text.npos) << name;
  }
}

}  // namespace
}  // namespace foreshape

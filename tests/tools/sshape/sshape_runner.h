// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The program sshape, run against a database of the private PostgreSQL.
//
// Runs in: tests.
// Threads: main thread only.

#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include "tests/sql/pg_server.h"

namespace foreshape {

struct Said {
  int code = 0;
  std::string text;  // standard output and error
};

/// As that role of the database.
inline Said run_sshape(const std::string& database, const std::string& role, std::vector<std::string> words,
                       const std::vector<std::string>& environment = {}) {
  const std::string output = testing::TempDir() + fmt::format("sshape_{}.out", ::getpid());
  words.insert(words.begin(), FORESHAPE_SSHAPE);
  words.insert(words.end(), {"--db", PgServer::instance().conninfo(database, role)});
  std::remove(output.c_str());
  const int code = run_program(words, false, output, environment);
  std::ostringstream text;
  text << std::ifstream(output).rdbuf();
  std::remove(output.c_str());
  return {code, text.str()};
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/sql/pg_server.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "sql/migrations.h"

namespace foreshape {
namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "private PostgreSQL: %s\n", why.c_str());
  std::exit(1);
}

/// PostgreSQL refuses to run as root.
const passwd* unprivileged_user() {
  const passwd* user = ::getpwnam("postgres");
  return user != nullptr ? user : ::getpwnam("nobody");
}

std::string newest_bin_directory() {
  std::vector<std::string> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", none))
    if (std::filesystem::exists(entry.path() / "bin/initdb")) found.push_back(entry.path() / "bin");
  if (found.empty()) give_up("no /usr/lib/postgresql/*/bin/initdb: install the package postgresql");
  return *std::max_element(found.begin(), found.end());
}

}  // namespace

pid_t start_program(const std::vector<std::string>& words, bool unprivileged, const std::string& output,
                    const std::vector<std::string>& environment) {
  const passwd* user = unprivileged && ::geteuid() == 0 ? unprivileged_user() : nullptr;
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  if (user != nullptr &&
      (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
    ::_exit(126);
  for (const auto& setting : environment) ::putenv(const_cast<char*>(setting.c_str()));
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

int wait_for(pid_t program) {
  int status = 0;
  ::waitpid(program, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int run_program(const std::vector<std::string>& words, bool unprivileged, const std::string& output,
                const std::vector<std::string>& environment) {
  return wait_for(start_program(words, unprivileged, output, environment));
}

PgServer& PgServer::instance() {
  static PgServer server;
  return server;
}

PgServer::PgServer() {
  std::string name = "/tmp/foreshape_pg_XXXXXX";  // a socket's path is short
  if (::mkdtemp(name.data()) == nullptr) give_up("no directory in /tmp");
  directory_ = name;
  if (::geteuid() == 0) {
    const passwd* user = unprivileged_user();
    if (user == nullptr || ::chown(directory_.c_str(), user->pw_uid, user->pw_gid) != 0)
      give_up("no unprivileged user");
    ::chmod(directory_.c_str(), 0755);  // other test users reach the socket
  }
  const std::string bin = newest_bin_directory();
  if (run_program({bin + "/initdb", "-D", directory_ + "/data", "-U", "foreshape_test", "-A", "trust",
                   "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"},
                  true, directory_ + "/initdb.log") != 0)
    give_up("initdb failed");
  server_ = start_program({bin + "/postgres", "-D", directory_ + "/data", "-k", directory_, "-c",
                           "listen_addresses=", "-c", "fsync=off", "-c", "max_wal_size=2GB"},
                          true, directory_ + "/server.log");
  for (int i = 0; i < 300; ++i) {
    if (Pg::connect(conninfo("postgres"))) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  give_up("the server did not come up within 15 s");
}

PgServer::~PgServer() {
  if (server_ > 0) {
    ::kill(server_, SIGQUIT);  // at once: the data is thrown away
    ::waitpid(server_, nullptr, 0);
  }
  std::error_code none;
  std::filesystem::remove_all(directory_, none);
}

std::string PgServer::conninfo(const std::string& database, const std::string& user) const {
  return "host=" + directory_ + " dbname=" + database + " user=" + user;
}

Pg PgServer::connect(const std::string& database, const std::string& user) const {
  auto db = Pg::connect(conninfo(database, user));
  if (!db) give_up(db.error().message);
  return std::move(*db);
}

std::string PgServer::new_database(bool empty) {
  const std::string name = "test_" + std::to_string(++databases_);
  if (auto made = connect("postgres").script("CREATE DATABASE " + name); !made) give_up(made.error().message);
  if (empty) return name;
  Pg db = connect(name);
  if (auto done = migrate(db, embedded_migrations(), "test", {}); !done) give_up(done.error().message);
  return name;
}

}  // namespace foreshape

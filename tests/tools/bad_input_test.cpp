// SPDX-License-Identifier: GPL-2.0-or-later
// Bad input as people type it, all commands: the exit code, and an error that names the thing and the cure.

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "tests/tools/bad_file_rows.h"
#include "tests/tools/bad_input_rows.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;

struct Said {
  int code = -1;  ///< 128 + the signal, as shells say it
  std::string error;
};

/// Runs the program in the directory.
Said run(const std::string& directory, const std::vector<std::string>& words,
         const char* output = "/dev/null") {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    static_cast<void>(std::freopen("/dev/null", "r", stdin));
    static_cast<void>(std::freopen(output, "w", stdout));
    ::dup2(ends[1], STDERR_FILENO);
    if (::chdir(directory.c_str()) == 0) ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  Said said;
  std::array<char, 4096> chunk{};
  for (ssize_t n = 0; (n = ::read(ends[0], chunk.data(), chunk.size())) > 0;)
    said.error.append(chunk.data(), static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  said.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return said;
}

/// In a directory with: jobs.swf (a good trace), empty, text (not a trace, not a model), json, padded, utf16,
/// squeezed (other files than text tables), dump, nextflow, workflow (other kinds than a trace), odd (with a bad field), dir/, a.conf (broken), fifo.
class BadInput : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "foreshape_bad_input_XXXXXX";
    directory_ = ::mkdtemp(name.data());
    fs::create_directory(directory_ / "dir");
    std::ofstream(directory_ / "empty");
    std::ofstream(directory_ / "text") << "neither a trace\nnor a model\n";
    std::ofstream(directory_ / "json") << "{\n \"jobs\": []\n}\n";
    std::ofstream(directory_ / "padded") << "JobID           JobName\n------------ ----------\n";
    std::ofstream(directory_ / "dump") << "JobID|UID|Submit|State\n";
    std::ofstream(directory_ / "nextflow") << "task_id,process,status\n1,a,COMPLETED\n";
    std::ofstream(directory_ / "workflow") << "WorkflowID, JobID , SubmitTime, RunTime\n1, 2, 3, 4\n";
    std::ofstream(directory_ / "odd") << "; MaxProcs: 8\n1 600 0 300 4 -1 -1 4 600 -1 1 1 1 1 1 -1 -1 -1\n"
                                         "2 700 0 long 4 -1 -1 4 600 -1 1 1 1 1 1 -1 -1 -1\n";
    std::ofstream(directory_ / "utf16") << "\xFF\xFEJ";
    std::ofstream(directory_ / "squeezed") << "\xFD\x37zXZ.";
    std::ofstream(directory_ / "a.conf") << "Order=perhaps\n";
    std::ofstream trace(directory_ / "jobs.swf");
    trace << "; MaxProcs: 8\n; UnixStartTime: 1789000000\n";
    for (int i = 1; i < 10; ++i)
      trace << i << " " << 600 * i << " 0 300 4 -1 -1 4 600 -1 1 1 1 1 1 -1 -1 -1\n";
    ASSERT_EQ(::mkfifo((directory_ / "fifo").c_str(), 0600), 0);
    ::setenv("FORESHAPE_DB", "host=/nonexistent dbname=none connect_timeout=2", 1);
    ::setenv("SLURM_CONF", "/nonexistent/slurm.conf", 1);
    ::setenv("PATH", "/nonexistent", 1);  // no Slurm
  }
  void TearDown() override { fs::remove_all(directory_); }

  fs::path directory_;
};

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words(1);
  for (const char c : line) {
    if (c == ' ')
      words.emplace_back();
    else
      words.back() += c;
  }
  words[0] = words[0] == "sshape" ? FORESHAPE_SSHAPE : FORESHAPE_PROGRAM;
  return words;
}

/// Both tables, one after the other.
std::vector<BadInputRow> all_rows() {
  std::vector<BadInputRow> rows(std::begin(kBadInputRows), std::end(kBadInputRows));
  rows.insert(rows.end(), std::begin(kBadFileRows), std::end(kBadFileRows));
  return rows;
}

TEST_F(BadInput, IsNamedWithItsCureAndTheRightExitCode) {
  for (const BadInputRow& row : all_rows()) {
    SCOPED_TRACE(row.line);
    const Said said = run(directory_, words_of(row.line));
    EXPECT_EQ(said.code, row.code) << said.error;
    EXPECT_NE(said.error.find(row.names), std::string::npos) << said.error;
    EXPECT_NE(said.error.find(row.cure), std::string::npos) << said.error;
    EXPECT_NE(said.error.find("error: "), std::string::npos) << said.error;
    EXPECT_EQ(said.error.find("bad_alloc"), std::string::npos) << said.error;
  }
}

TEST_F(BadInput, OutputThatIsLostIsAFailure) {
  for (const char* line :
       {"foreshape --version", "foreshape --help", "foreshape evaluate --help", "foreshape replay jobs.swf",
        "foreshape evaluate -p kernel jobs.swf", "foreshape evaluate -p kernel --json - jobs.swf",
        "foreshape arrivals jobs.swf", "sshape --version", "sshape --helpformat"}) {
    SCOPED_TRACE(line);
    const Said said = run(directory_, words_of(line), "/dev/full");
    EXPECT_EQ(said.code, 1);
    EXPECT_NE(said.error.find("error: "), std::string::npos) << said.error;
  }
}

}  // namespace
}  // namespace foreshape

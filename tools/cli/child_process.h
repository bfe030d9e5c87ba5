// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Another program: started without a shell, given its input, read, and waited
// for.
//
// Runs in: offline.
// Threads: one object, one thread. No signal handling is changed, and no child
// waited for but our own.

#include <chrono>
#include <cstddef>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "predictor/base/descriptor.h"
#include "predictor/base/result.h"

namespace foreshape {

enum class ChildOutput {
  captured,  ///< finish() has its standard output, and the last words of its
             ///< standard error
  streamed,  ///< the caller reads output_path(); its standard error is ours
  passed_on  ///< it talks to the terminal itself: standard output and error are
             ///< ours
};

struct ChildSettings {
  ChildOutput output = ChildOutput::captured;
  /// What it reads from its standard input. Empty: nothing; passed_on: our own
  /// standard input.
  std::string input{};
  /// Added to ours, or instead of ours where the name is the same.
  std::vector<std::pair<std::string, std::string>> environment{};
};

struct ChildLimits {
  std::chrono::milliseconds time{0};  ///< for finish(); 0: as long as it takes
  std::size_t output_bytes = 16U << 20;
};

/// How a program ended.
struct ChildEnd {
  int exit_code = 0;  ///< where no signal ended it
  int signal = 0;     ///< 0: it ended by itself
  std::string output;
  std::string errors;  ///< the last 2,000 bytes, without line feeds at the end

  bool is_success() const { return exit_code == 0 && signal == 0; }
  /// "sacct: exit code 1: its own last words", "mpirun: ended by signal 9".
  std::string text(const std::string& program) const;
};

class ChildProcess {
 public:
  /// Starts argv[0] (a path, or looked up in PATH) with the other words as they
  /// are. Root looks up only where nobody else can put a program, and hands on a
  /// PATH of such directories (program_path.h).
  /// Errors: not_found - no such program; unavailable - no pipe, memory or
  /// process could be had.
  static Result<ChildProcess> start(const std::vector<std::string>& argv, const ChildSettings& settings = {});

  /// Ends it (SIGTERM) and waits, if finish() has not.
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;

  /// streamed: where its output can be opened for reading, once: "/dev/fd/7".
  std::string output_path() const;

  /// Reads what is captured and waits for the end; that it failed is in the
  /// ChildEnd. What is streamed must have been read by then: the rest is not,
  /// and may make it end by a signal. Errors: deadline - it took too long;
  /// unavailable - its output is too large. In both it was killed.
  Result<ChildEnd> finish(const ChildLimits& limits = {});

 private:
  ChildProcess(std::string name, pid_t pid, Descriptor output, Descriptor errors)
      : name_(std::move(name)), pid_(pid), output_(std::move(output)), errors_(std::move(errors)) {}

  std::string name_;
  pid_t pid_ = -1;
  Descriptor output_, errors_;
};

/// What the program wrote to its standard output. Errors: those of start() and
/// finish(); unavailable - it did not end with exit code 0: ChildEnd's text
/// says how.
Result<std::string> output_of(const std::vector<std::string>& argv,
                              const ChildLimits& limits = {.time = std::chrono::seconds{10}});

/// The directory of this program's own file, and with it our other programs'
/// place.
std::string own_directory();

}  // namespace foreshape

#pragma once
// Another program's output through a pipe, without a shell.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

class ChildProcess {
 public:
  /// Starts words[0], looked for in PATH, with the other words as they are; its standard error is ours, its
  /// standard input empty. environment: added to ours. Errors: unavailable - no pipe or process could be
  /// made. A program that isn't there shows as exit code 127.
  static Result<ChildProcess> start(const std::vector<std::string>& words,
                                    const std::vector<std::pair<std::string, std::string>>& environment = {});

  /// Ends it if it still runs.
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;

  /// Where its output can be opened for reading, once: "/dev/fd/7".
  std::string output_path() const;

  /// Waits for its end, after its output was read to the end (what is not read makes it stop).
  /// Errors: unavailable - it ended with another exit code than 0, or by a signal.
  Result<void> finish();

 private:
  ChildProcess(std::string name, pid_t pid, int output)
      : name_(std::move(name)), pid_(pid), output_(output) {}
  void close_output();

  std::string name_;
  pid_t pid_ = -1;
  int output_ = -1;
};

}  // namespace foreshape

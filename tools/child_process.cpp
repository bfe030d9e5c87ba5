#include "tools/child_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace foreshape {
namespace {

constexpr int kNotFound = 127;  // as shells say it

[[noreturn]] void become(char* const* argv,
                         const std::vector<std::pair<std::string, std::string>>& environment, int output) {
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::execvp(argv[0], argv);
  ::_exit(kNotFound);
}

}  // namespace

Result<ChildProcess> ChildProcess::start(
    const std::vector<std::string>& words,
    const std::vector<std::pair<std::string, std::string>>& environment) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const auto& word : words)
    argv.push_back(const_cast<char*>(word.c_str()));  // execvp doesn't change them
  argv.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return failure(ErrorCode::unavailable, words[0] + ": pipe: " + std::strerror(errno));
  const pid_t pid = ::fork();  // programs have one thread: what runs in the child before exec is safe
  if (pid == 0) become(argv.data(), environment, ends[1]);
  ::close(ends[1]);
  if (pid < 0) {
    ::close(ends[0]);
    return failure(ErrorCode::unavailable, words[0] + ": fork: " + std::strerror(errno));
  }
  return ChildProcess{words[0], pid, ends[0]};
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : name_(std::move(other.name_)),
      pid_(std::exchange(other.pid_, -1)),
      output_(std::exchange(other.output_, -1)) {}

void ChildProcess::close_output() {
  if (output_ >= 0) ::close(std::exchange(output_, -1));
}

ChildProcess::~ChildProcess() {
  close_output();
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

std::string ChildProcess::output_path() const { return "/dev/fd/" + std::to_string(output_); }

Result<void> ChildProcess::finish() {
  close_output();
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotFound)
    return failure(ErrorCode::unavailable, name_ + ": not found in PATH");
  return failure(ErrorCode::unavailable,
                 WIFEXITED(status) ? fmt::format("{} ended with exit code {}", name_, WEXITSTATUS(status))
                                   : fmt::format("{} was ended by signal {}", name_, WTERMSIG(status)));
}

}  // namespace foreshape

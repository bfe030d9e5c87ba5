#include "tools/run_program.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>

#include "predictor/base/descriptor.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace foreshape {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Pipe {
  Descriptor read, write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failure(ErrorCode::unavailable, "pipe: out of descriptors");
  return Pipe{Descriptor{ends[0]}, Descriptor{ends[1]}};
}

/// Starts the program with these as standard output and error. Answers its process id.
Result<pid_t> start(const std::vector<std::string>& argv, int out, int err) {
  std::vector<char*> words;
  words.reserve(argv.size() + 1);
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out, 1);
  ::posix_spawn_file_actions_adddup2(&actions, err, 2);
  pid_t child = 0;
  const int problem = ::posix_spawnp(&child, words[0], &actions, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (problem == 0) return child;
  const auto code = problem == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's strerror is safe for threads
  return failure(code, fmt::format("{}: {}", argv[0], std::strerror(problem)));
}

struct Output {
  std::string out, err;
};

/// Reads one pipe once; false at its end.
bool read_some(int fd, std::string& into) {
  std::array<char, 16'384> chunk{};
  const ssize_t n = ::read(fd, chunk.data(), chunk.size());
  if (n < 0) return errno == EINTR;
  into.append(chunk.data(), static_cast<std::size_t>(n));
  return n > 0;
}

/// Reads both pipes to their ends. Of standard error only the last few lines are kept.
Result<Output> read_all(Pipe& out, Pipe& err, const RunLimits& limits) {
  constexpr std::size_t kErrorKept = 2'000;
  const auto deadline = SteadyClock::now() + limits.time;
  Output output;
  while (out.read.is_open() || err.read.is_open()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now());
    if (left.count() <= 0)
      return failure(ErrorCode::deadline, fmt::format("no answer in {} s", limits.time.count() / 1000));
    std::array<pollfd, 2> wait{{{out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), static_cast<int>(left.count())) < 0 && errno != EINTR)
      return failure(ErrorCode::internal, "poll failed");
    if (wait[0].revents != 0 && !read_some(out.read.get(), output.out)) out.read.reset();
    if (wait[1].revents != 0 && !read_some(err.read.get(), output.err)) err.read.reset();
    if (output.out.size() > limits.output_bytes)
      return failure(ErrorCode::unavailable, "its output is too large");
    if (output.err.size() > kErrorKept) output.err.erase(0, output.err.size() - kErrorKept);
  }
  return output;
}

}  // namespace

Result<std::string> run_program(const std::vector<std::string>& argv, const RunLimits& limits) {
  auto out = make_pipe();
  if (!out) return tl::make_unexpected(out.error());
  auto err = make_pipe();
  if (!err) return tl::make_unexpected(err.error());
  const auto child = start(argv, out->write.get(), err->write.get());
  if (!child) return tl::make_unexpected(child.error());
  out->write.reset();
  err->write.reset();
  auto output = read_all(*out, *err, limits);
  if (!output) ::kill(*child, SIGKILL);
  int status = 0;
  while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!output) return tl::make_unexpected(about(argv[0], output.error()));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::move(output->out);
  std::string words = output->err;
  while (!words.empty() && words.back() == '\n') words.pop_back();
  return failure(ErrorCode::unavailable,
                 fmt::format("{}: {}", argv[0], words.empty() ? "failed without a word" : words));
}

}  // namespace foreshape

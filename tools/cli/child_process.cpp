// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>

#include "tools/cli/program_path.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX
                        // leaves it to the program

namespace foreshape {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Deadline = std::optional<SteadyClock::time_point>;

tl::unexpected<Error> cannot(const std::string& name, const char* what) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's strerror is safe for threads
  return failure(ErrorCode::unavailable, fmt::format("{}: {}: {}", name, what, std::strerror(errno)));
}

struct Pipe {
  Descriptor read, write;

  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = Descriptor{ends[0]};
    write = Descriptor{ends[1]};
    return true;
  }
};

/// The input as a file without a name: a program that does not read it all can
/// neither stop us nor send us a SIGPIPE, as it could with a pipe. Not open
/// where there is none to give or no memory.
Descriptor input_file(const std::string& input) {
  Descriptor file{::memfd_create("input", MFD_CLOEXEC)};
  std::string_view left = input;
  while (file.is_open() && !left.empty()) {
    const ssize_t n = ::write(file.get(), left.data(), left.size());
    if (n < 0 && errno != EINTR) return {};
    left.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  }
  if (file.is_open()) ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

/// "NAME=value" of our environment with these added.
std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> settings;
  for (char** ours = environ; *ours != nullptr; ++ours) {
    const std::string_view setting = *ours;
    const auto is_replaced = [&](const auto& one) {
      return setting.starts_with(one.first) && setting.substr(one.first.size()).starts_with('=');
    };
    if (std::ranges::none_of(added, is_replaced)) settings.emplace_back(setting);
  }
  for (const auto& [name, value] : added) settings.push_back(fmt::format("{}={}", name, value));
  return settings;
}

/// As C takes it: with a null pointer at the end; it lives as long as the
/// words.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Descriptors that become the program's own; below 0: /dev/null for its input,
/// ours for the others.
struct Streams {
  int in = -1, out = -1, err = -1;
};

/// A program as it is started, and its environment.
struct Program {
  std::string file;  ///< a path, or a name that is looked up in PATH
  std::vector<std::string> environment;
};

/// Root runs no program that somebody else could have put in PATH, and has none run by those that it runs.
Result<Program> program_of(const std::string& name, const ChildSettings& settings) {
  const char* path = ::geteuid() == 0 ? std::getenv("PATH") : nullptr;  // NOLINT(concurrency-mt-unsafe)
  if (path == nullptr) return Program{name, environment_with(settings.environment)};
  RootsPath roots = roots_path(path);
  auto added = settings.environment;
  if (!roots.skipped.empty()) added.emplace_back("PATH", joined_path(roots));
  Program program{name, environment_with(added)};
  if (name.find('/') != std::string::npos) return program;
  auto found = find_as_root(name, std::move(roots));
  if (!found) return tl::make_unexpected(found.error());
  program.file = std::move(*found);
  return program;
}

Result<pid_t> spawn(std::vector<std::string> argv, const ChildSettings& settings, const Streams& streams) {
  auto program = program_of(argv[0], settings);
  if (!program) return tl::make_unexpected(program.error());
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (streams.in >= 0)
    ::posix_spawn_file_actions_adddup2(&actions, streams.in, STDIN_FILENO);
  else if (settings.output != ChildOutput::passed_on)
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (streams.out >= 0) ::posix_spawn_file_actions_adddup2(&actions, streams.out, STDOUT_FILENO);
  if (streams.err >= 0) ::posix_spawn_file_actions_adddup2(&actions, streams.err, STDERR_FILENO);
  pid_t child = 0;
  errno = ::posix_spawnp(&child, program->file.c_str(), &actions, nullptr, pointers_to(argv).data(),
                         pointers_to(program->environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (errno == 0) return child;
  if (errno != ENOENT) return cannot(argv[0], "cannot be started");
  const bool is_path = argv[0].find('/') != std::string::npos;
  return failure(ErrorCode::not_found,
                 argv[0] + (is_path ? ": no such program" : ": not found in PATH; is it installed?"));
}

/// Reads one pipe once; closes it at its end.
void read_some(Descriptor& from, std::string& into) {
  std::array<char, 16'384> chunk{};
  const ssize_t n = ::read(from.get(), chunk.data(), chunk.size());
  if (n < 0 && errno == EINTR) return;
  if (n > 0)
    into.append(chunk.data(), static_cast<std::size_t>(n));
  else
    from.reset();
}

/// What poll() takes: -1 = no end. Rounded up, so that it does not spin through
/// the last millisecond.
int left_ms(const Deadline& deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - SteadyClock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

tl::unexpected<Error> too_late(const ChildLimits& limits) {
  return failure(ErrorCode::deadline,
                 fmt::format("no answer in {} s", std::chrono::duration<double>(limits.time).count()));
}

/// Reads both to their ends. Of the errors only the last words are kept.
Result<void> read_all(Descriptor& out, Descriptor& err, const ChildLimits& limits, const Deadline& deadline,
                      ChildEnd& end) {
  constexpr std::size_t kMaxErrorBytes = 2'000;
  while (out.is_open() || err.is_open()) {
    const int left = left_ms(deadline);
    if (left == 0) return too_late(limits);
    std::array<pollfd, 2> wait{{{out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}}};
    if (::poll(wait.data(), wait.size(), left) < 0) {
      if (errno == EINTR) continue;
      return failure(ErrorCode::internal, "poll failed");
    }
    if (wait[0].revents != 0) read_some(out, end.output);
    if (wait[1].revents != 0) read_some(err, end.errors);
    if (end.output.size() > limits.output_bytes)
      return failure(ErrorCode::unavailable, "its output is too large");
    if (end.errors.size() > kMaxErrorBytes) end.errors.erase(0, end.errors.size() - kMaxErrorBytes);
  }
  while (end.errors.ends_with('\n')) end.errors.pop_back();
  return {};
}

/// Waits for its end and notes how it was; false: the deadline came first.
bool wait_for_end(pid_t child, const Deadline& deadline, ChildEnd& end) {
  constexpr std::chrono::milliseconds kBetweenLooks{5};
  int status = 0;
  while (true) {
    const pid_t ended = ::waitpid(child, &status, deadline ? WNOHANG : 0);
    if (ended == child) break;
    if (ended < 0 && errno != EINTR) {
      end.exit_code = -1;
      end.errors = "how it ended is unknown: whoever started this program has it ignore SIGCHLD";
      return true;
    }
    if (left_ms(deadline) == 0) return false;
    if (deadline) std::this_thread::sleep_for(kBetweenLooks);
  }
  if (WIFSIGNALED(status))
    end.signal = WTERMSIG(status);
  else
    end.exit_code = WEXITSTATUS(status);
  return true;
}

}  // namespace

std::string ChildEnd::text(const std::string& program) const {
  std::string how = signal != 0 ? fmt::format("{}: ended by signal {}", program, signal)
                                : fmt::format("{}: exit code {}", program, exit_code);
  return errors.empty() ? how : how + ": " + errors;
}

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& argv,
                                         const ChildSettings& settings) {
  Pipe out, err;
  if (settings.output != ChildOutput::passed_on && !out.open()) return cannot(argv[0], "pipe");
  if (settings.output == ChildOutput::captured && !err.open()) return cannot(argv[0], "pipe");
  const Descriptor in = settings.input.empty() ? Descriptor{} : input_file(settings.input);
  if (!settings.input.empty() && !in.is_open()) return cannot(argv[0], "its input");
  const auto child = spawn(argv, settings, {in.get(), out.write.get(), err.write.get()});
  if (!child) return tl::make_unexpected(child.error());
  return ChildProcess{argv[0], *child, std::move(out.read), std::move(err.read)};
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : name_(std::move(other.name_)),
      pid_(std::exchange(other.pid_, -1)),
      output_(std::move(other.output_)),
      errors_(std::move(other.errors_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ <= 0) return;
  output_.reset();
  errors_.reset();
  ::kill(pid_, SIGTERM);
  ChildEnd nobody_asks;
  wait_for_end(pid_, {}, nobody_asks);
}

std::string ChildProcess::output_path() const { return "/dev/fd/" + std::to_string(output_.get()); }

Result<ChildEnd> ChildProcess::finish(const ChildLimits& limits) {
  const Deadline deadline =
      limits.time.count() > 0 ? Deadline{SteadyClock::now() + limits.time} : std::nullopt;
  ChildEnd end;
  Result<void> read;
  if (errors_.is_open())  // captured
    read = read_all(output_, errors_, limits, deadline, end);
  output_.reset();
  if (read && !wait_for_end(pid_, deadline, end)) read = too_late(limits);
  const pid_t child = std::exchange(pid_, -1);
  if (read) return end;
  ::kill(child, SIGKILL);
  wait_for_end(child, {}, end);
  return tl::make_unexpected(about(name_, read.error()));
}

Result<std::string> output_of(const std::vector<std::string>& argv, const ChildLimits& limits) {
  auto child = ChildProcess::start(argv);
  if (!child) return tl::make_unexpected(child.error());
  auto end = child->finish(limits);
  if (!end) return tl::make_unexpected(end.error());
  if (!end->is_success()) return failure(ErrorCode::unavailable, end->text(argv[0]));
  return std::move(end->output);
}

std::string own_directory() {
  std::error_code unknown;
  return std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path().string();
}

}  // namespace foreshape

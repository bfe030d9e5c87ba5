// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/owner_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

#include "predictor/base/descriptor.h"
#include "tools/stage/tree_names.h"

namespace foreshape {
namespace {

constexpr std::size_t kMaxAnswer = std::size_t{256} << 10;

/// Takes the user's rights, groups too; the real user stays.
bool become(uid_t uid, gid_t gid) {
  if (::geteuid() == uid) return true;
  const passwd* user = ::getpwuid(uid);  // NOLINT(concurrency-mt-unsafe): one thread
  const bool grouped = user != nullptr ? ::initgroups(user->pw_name, gid) == 0 : ::setgroups(0, nullptr) == 0;
  return grouped && ::setegid(gid) == 0 && ::seteuid(uid) == 0;
}

bool write_all(int out, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(out, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

[[noreturn]] void be_the_child(uid_t uid, gid_t gid, int out, const std::function<std::string()>& work) {
  if (!become(uid, gid)) ::_exit(1);
  const std::string answer = work();
  const bool fine = answer.size() <= kMaxAnswer && write_all(out, answer);
  ::_exit(fine ? 0 : 1);
}

/// Until the other end is closed, or the time is over.
Result<std::string> read_answer(int in, std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  std::string answer;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd ready{in, POLLIN, 0};
    if (left.count() <= 0)
      return failure(ErrorCode::deadline, fmt::format("no answer within {} ms", time.count()));
    if (::poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    std::array<char, 4'096> chunk{};
    const ssize_t n = ::read(in, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return answer;
    // Its owner may have taken the process over, with a debugger.
    if (answer.size() > kMaxAnswer) return failure(ErrorCode::unavailable, "it answers too much");
    answer.append(chunk.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace

Result<std::string> answer_as(uid_t uid, gid_t gid, std::chrono::milliseconds time,
                              const std::function<std::string()>& work) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return failure(ErrorCode::unavailable, "pipe: " + last_reason());
  const Descriptor in{ends[0]};
  Descriptor out{ends[1]};
  const pid_t child = ::fork();
  if (child < 0) return failure(ErrorCode::unavailable, "fork: " + last_reason());
  if (child == 0) be_the_child(uid, gid, out.get(), work);
  out.reset();
  auto answer = read_answer(in.get(), time);
  if (!answer) ::kill(child, SIGKILL);
  int status = 0;
  // A process that the kernel holds in a file system that never answers can't be waited for: init does it.
  const pid_t ended = ::waitpid(child, &status, answer ? 0 : WNOHANG);
  if (!answer) return answer;
  if (ended != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return failure(ErrorCode::unavailable, fmt::format("could not act as uid {}, or died", uid));
  return answer;
}

}  // namespace foreshape

#include "tools/program_step.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace foreshape {

std::string own_folder() {
  std::error_code unknown;
  return std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path().string();
}

Result<int> run_step(const std::vector<std::string>& words) {
  std::vector<std::string> copies = words;
  std::vector<char*> argv;
  argv.reserve(copies.size() + 1);
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t child = -1;
  if (const int why = ::posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ); why != 0)
    return failure(ErrorCode::unavailable, words[0] + ": " + std::strerror(why));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return failure(ErrorCode::unavailable, words[0] + ": " + std::strerror(errno));
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return failure(ErrorCode::unavailable,
                 fmt::format("{} was ended by signal {}", words[0], WTERMSIG(status)));
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/written_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/directory.h"
#include "tools/cli/owned_file.h"

namespace foreshape {
namespace {

constexpr mode_t kMode = 0644;

tl::unexpected<Error> cannot(const std::string& path, const char* what) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
  return failure(ErrorCode::unavailable, fmt::format("{}: {}: {}", path, what, std::strerror(errno)));
}

Result<std::string> read_all(int file, std::size_t size, const std::string& path) {
  std::string text(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(file, text.data() + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot(path, "read");
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  text.resize(done);
  return text;
}

Result<StepFinding> check(const WrittenFile& file) {
  std::error_code none;
  if (file.is_a_start && std::filesystem::exists(file.path, none))
    return StepFinding{StepState::done, file.path + " is there"};
  const auto text = text_or_none(file.path);
  if (!text) return tl::make_unexpected(text.error());
  if (text->empty()) return StepFinding{StepState::open, "write " + file.path};
  if (*text == file.text) return StepFinding{StepState::done, file.path + " is as it must be"};
  if (text->starts_with(kWrittenMark))
    return StepFinding{StepState::open, "bring " + file.path + " up to date"};
  return failure(ErrorCode::invalid_input, file.path + ": is there and not foreshape setup's; move it away");
}

Result<StepFinding> check_removal(const WrittenFile& file) {
  std::error_code none;
  if (std::filesystem::is_symlink(file.path, none))
    return StepFinding{StepState::left_over, file.path + " stays: it is a link, and not ours"};
  const auto text = text_or_none(file.path);
  if (!text) return tl::make_unexpected(text.error());
  if (text->empty()) return StepFinding{StepState::done, file.path + " is not there"};
  const bool ours = file.is_a_start ? *text == file.text : text->starts_with(kWrittenMark);
  if (!ours) return StepFinding{StepState::left_over, file.path + " stays: it was changed, or is not ours"};
  return StepFinding{StepState::open, "remove " + file.path};
}

}  // namespace

SetupStep written_file_step(const std::string& name, const WrittenFile& file) {
  return {.name = name,
          .check = [file] { return check(file); },
          .make = [file] { return replace_owned_file(file.path, file.text, kMode, ""); },
          .check_removal = [file] { return check_removal(file); },
          .remove = [file] { return remove_file(file.path); }};
}

Result<void> remove_file(const std::string& path) {
  const auto directory = open_directory(directory_of(path));
  if (!directory) return tl::make_unexpected(directory.error());
  if (::unlinkat(directory->get(), last_name(path).c_str(), 0) != 0 && errno != ENOENT)
    return cannot(path, "remove");
  return {};
}

Result<std::string> text_or_none(const std::string& path) {
  constexpr off_t kMaxBytes = 4 << 20;
  const auto directory = open_directory(directory_of(path));
  if (!directory && directory.error().code == ErrorCode::not_found) return "";
  if (!directory) return tl::make_unexpected(directory.error());
  // O_NONBLOCK: a fifo must not hang us.
  const Descriptor file{
      ::openat(directory->get(), last_name(path).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!file.is_open() && errno == ENOENT) return "";
  if (!file.is_open() && errno == ELOOP)
    return failure(ErrorCode::invalid_input,
                   path + ": is a link, and what it leads to is not ours to change");
  struct stat info {};
  if (!file.is_open() || ::fstat(file.get(), &info) != 0) return cannot(path, "open");
  if (!S_ISREG(info.st_mode) || info.st_nlink != 1 || info.st_size > kMaxBytes)
    return failure(ErrorCode::invalid_input, path + ": is no plain file, has a second name, or is too large");
  return read_all(file.get(), static_cast<std::size_t>(info.st_size), path);
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/file_draft.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <utility>

#include "predictor/base/directory.h"
#include "predictor/base/file.h"

namespace foreshape {

Result<FileDraft> FileDraft::create(int directory, const std::string& path, mode_t mode) {
  const std::string name = last_name(path);
  if (name.empty()) return failure(ErrorCode::invalid_input, path + ": names a directory, not a file");
  if (auto fine = check_replaceable(directory, name, path); !fine) return tl::make_unexpected(fine.error());
  const std::string draft = name + ".new";
  ::unlinkat(directory, draft.c_str(), 0);
  // For reading too: HDF5 reads what it wrote.
  Descriptor file{
      ::openat(directory, draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)};
  if (!file.is_open())
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's is per thread
    return failure(ErrorCode::unavailable, path + ".new: cannot be made: " + std::strerror(errno));
  return FileDraft{directory, path, std::move(file)};
}

FileDraft::FileDraft(int directory, std::string path, Descriptor file)
    : directory_(directory), path_(std::move(path)), file_(std::move(file)) {}

FileDraft::FileDraft(FileDraft&& other) noexcept
    : directory_(std::exchange(other.directory_, -1)),
      path_(std::move(other.path_)),
      file_(std::move(other.file_)) {}

FileDraft::~FileDraft() {
  if (directory_ != -1) ::unlinkat(directory_, name().c_str(), 0);
}

std::string FileDraft::name() const { return last_name(path_) + ".new"; }

std::string FileDraft::own_path() const {
  return file_.is_open() ? "/proc/self/fd/" + std::to_string(file_.get()) : std::string{};
}

Result<void> FileDraft::trouble(const std::string& of, const char* step) const {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's is per thread
  return failure(ErrorCode::unavailable, of + ": " + step + ": " + std::strerror(errno));
}

Result<void> FileDraft::put_in_place() {
  if (::fsync(file_.get()) != 0) return trouble(text(), "fsync");
  if (::close(file_.release()) != 0) return trouble(text(), "close");
  if (::renameat(directory_, name().c_str(), directory_, last_name(path_).c_str()) != 0)
    return trouble(path_, "rename");
  directory_ = -1;
  return {};
}

}  // namespace foreshape

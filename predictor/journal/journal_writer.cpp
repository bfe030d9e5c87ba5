// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/journal/journal_writer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "predictor/journal/frame.h"
#include "predictor/journal/frame_scanner.h"

namespace foreshape {
namespace {

constexpr mode_t kDirectoryMode = 0750;  // ingest may run as a member of SlurmUser's group
constexpr mode_t kFileMode = 0640;

tl::unexpected<Error> unavailable(const std::string& path, const char* step) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's strerror is safe for threads
  return failure(ErrorCode::unavailable, fmt::format("{}: {}: {}", path, step, std::strerror(errno)));
}

/// Writes all bytes at the offset, or says how far it came by errno.
bool write_at(int fd, std::string_view bytes, std::int64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
    offset += n;
  }
  return true;
}

}  // namespace

Result<JournalWriter> JournalWriter::open(const std::string& directory, const JournalOptions& options) {
  JournalWriter writer(directory, options);
  if (auto opened = writer.open_directory(); !opened) return tl::make_unexpected(opened.error());
  if (auto found = writer.find_end(); !found) return tl::make_unexpected(found.error());
  return writer;
}

/// Opens and locks the directory, which is made where it is missing.
Result<void> JournalWriter::open_directory() {
  if (::mkdir(directory_.c_str(), kDirectoryMode) != 0 && errno != EEXIST)
    return unavailable(directory_, "mkdir");
  directory_fd_ = Descriptor{::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!directory_fd_.is_open()) return unavailable(directory_, "open");
  struct stat info {};
  if (::fstat(directory_fd_.get(), &info) != 0) return unavailable(directory_, "stat");
  if ((info.st_mode & S_IWOTH) != 0)
    return failure(ErrorCode::invalid_input, directory_ + ": world-writable; run chmod o-w on it");
  if (::flock(directory_fd_.get(), LOCK_EX | LOCK_NB) == 0) return {};
  if (errno == EWOULDBLOCK)
    return failure(ErrorCode::busy, directory_ + ": another process is writing this journal");
  // A file system without locks (some NFS mounts): go on without.
  return errno == EOPNOTSUPP || errno == ENOLCK ? Result<void>{}
                                                : Result<void>{unavailable(directory_, "lock")};
}

/// Cuts the torn tail off the newest file, and decides whether to go on in it.
Result<void> JournalWriter::find_end() {
  const auto listed = list_journal_files(directory_);
  if (!listed) return tl::make_unexpected(listed.error());
  files_.assign(listed->begin(), listed->end());
  const std::uint64_t ingested = read_ingested(directory_).value_or(0);
  next_ = std::max<std::uint64_t>({1, options_.first_sequence, ingested + 1});
  if (files_.empty()) return {};

  JournalFile& last = files_.back();
  const std::string path = directory_ + "/" + last.name;
  Descriptor file{::openat(directory_fd_.get(), last.name.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC)};
  if (!file.is_open()) return unavailable(path, "open");
  Descriptor reading{::fcntl(file.get(), F_DUPFD_CLOEXEC, 0)};
  FrameScanner scanner(std::move(reading), path, last.first_sequence);
  for (auto found = scanner.next(); !found || *found; found = scanner.next())
    if (!found) return tl::make_unexpected(found.error());

  if (last.bytes > scanner.end()) {
    if (::ftruncate(file.get(), scanner.end()) != 0) return unavailable(path, "truncate");
    repaired_bytes_ = last.bytes - scanner.end();
    last.bytes = scanner.end();
  }
  // Numbers in a file have no gaps, so a jump begins a new one.
  next_ = std::max(scanner.expected(), ingested + 1);
  if (next_ == scanner.expected()) file_ = std::move(file);
  return {};
}

Result<std::uint64_t> JournalWriter::append(const JournalEvent& event) {
  const std::string_view payload = encoder_.encode(event);
  if (payload.size() > kMaxPayloadBytes)
    return failure(ErrorCode::internal, fmt::format("an event of {} bytes", payload.size()));
  make_frame(next_, payload, frame_);
  auto written = write_frame();
  // What ingest has is only kept for convenience: on a full disk it makes room for what is new.
  while (!written && disk_full_ && delete_oldest_ingested()) written = write_frame();
  if (!written) return tl::make_unexpected(written.error());
  return next_++;
}

/// The error for a system call that failed just now; remembers whether room was what was missing.
tl::unexpected<Error> JournalWriter::trouble(const std::string& name, const char* step) {
  disk_full_ = errno == ENOSPC || errno == EDQUOT;
  return unavailable(directory_ + "/" + name, step);
}

Result<void> JournalWriter::write_frame() {
  disk_full_ = false;
  const auto frame_bytes = static_cast<std::int64_t>(frame_.size());
  if (file_.is_open() && files_.back().bytes > 0 && files_.back().bytes + frame_bytes > options_.file_bytes) {
    if (auto synced = sync(); !synced) return synced;
    file_.reset();
  }
  if (!file_.is_open())
    if (auto begun = begin_file(); !begun) return begun;

  JournalFile& current = files_.back();
  if (!write_at(file_.get(), frame_, current.bytes)) {
    const auto error = trouble(current.name, "write");
    // A part may have been written. If it can't be cut off either, the next frame is written over it, and
    // readers know it for what it is.
    if (::ftruncate(file_.get(), current.bytes) != 0) return error;
    return error;
  }
  current.bytes += frame_bytes;
  unsynced_ = true;
  return {};
}

Result<void> JournalWriter::begin_file() {
  make_room(options_.file_bytes);
  const std::string name = journal_file_name(next_);
  // O_TRUNC: a file of this name can only be one that no record was written to.
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
  Descriptor file{::openat(directory_fd_.get(), name.c_str(), flags, kFileMode)};
  if (!file.is_open() && errno == ENOENT) {
    // Somebody deleted the directory under us.
    files_.clear();
    directory_fd_.reset();
    if (auto opened = open_directory(); !opened) return opened;
    file = Descriptor{::openat(directory_fd_.get(), name.c_str(), flags, kFileMode)};
  }
  if (!file.is_open()) return trouble(name, "open");
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return trouble(name, "stat");
  if (!S_ISREG(info.st_mode))
    return failure(ErrorCode::unavailable, directory_ + "/" + name + ": not a regular file");
  if (files_.empty() || files_.back().first_sequence != next_) files_.push_back({next_, name, 0});
  files_.back().bytes = 0;
  file_ = std::move(file);
  directory_dirty_ = true;
  return {};
}

Result<void> JournalWriter::sync() {
  auto synced = bring_to_disk();
  if (!synced) ++failed_syncs_;
  return synced;
}

Result<void> JournalWriter::bring_to_disk() {
  if (directory_dirty_) {
    if (::fsync(directory_fd_.get()) != 0) return trouble("", "fsync");
    directory_dirty_ = false;
  }
  if (!unsynced_ || !file_.is_open()) return {};
  unsynced_ = false;
  const std::string name = files_.back().name;
  if (::fdatasync(file_.get()) != 0) {
    const auto error = trouble(name, "fdatasync");
    // The kernel may have dropped the pages that it could not write, and would not say so again.
    file_.reset();
    return error;
  }
  struct stat info {};
  if (::fstat(file_.get(), &info) == 0 && info.st_nlink == 0) {
    file_.reset();
    files_.clear();
    return failure(ErrorCode::unavailable,
                   directory_ + "/" + name + ": was deleted while it was being written");
  }
  return {};
}

std::int64_t JournalWriter::total_bytes() const {
  std::int64_t sum = 0;
  for (const JournalFile& file : files_) sum += file.bytes;
  return sum;
}

/// The last number that the oldest file can hold.
std::uint64_t JournalWriter::oldest_last() const {
  return (files_.size() > 1 ? files_[1].first_sequence : next_) - 1;
}

bool JournalWriter::delete_oldest() {
  if (::unlinkat(directory_fd_.get(), files_.front().name.c_str(), 0) != 0 && errno != ENOENT) return false;
  files_.pop_front();
  directory_dirty_ = true;
  return true;
}

/// Called between files: any of files_ may go.
void JournalWriter::make_room(std::int64_t wanted_bytes) {
  while (!files_.empty() && total_bytes() + wanted_bytes > options_.total_bytes) {
    const std::uint64_t ingested = read_ingested(directory_).value_or(0);
    const std::uint64_t before = std::max(files_.front().first_sequence - 1, ingested);
    const std::uint64_t last = oldest_last();
    if (!delete_oldest()) return;
    if (last > before) dropped_records_ += last - before;
  }
}

bool JournalWriter::delete_oldest_ingested() {
  const bool is_written = files_.size() == 1 && file_.is_open();
  if (files_.empty() || is_written || oldest_last() > read_ingested(directory_).value_or(0)) return false;
  return delete_oldest();
}

}  // namespace foreshape

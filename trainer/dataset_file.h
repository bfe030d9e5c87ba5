// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The data set on disk: one HDF5 file with a column for each field of a job (docs/dataset.md).
//
// Runs in: offline.
// Threads: one object, one thread. Any number of processes may read one file.

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "predictor/base/result.h"
#include "trainer/traced_job.h"

namespace foreshape {

/// Where a data set comes from; kept in the file.
struct DatasetOrigin {
  std::string source;    ///< "swf KTH.swf.gz", "sacct dump", "store, cluster lab"
  std::string revision;  ///< of the program that wrote it
  UnixSeconds made_s = 0;
  bool anonymous = false;
};

struct DatasetUser {
  UserId uid = 0;
  std::uint64_t jobs = 0;
};

/// Rows that are written, and of which a chunk of the file consists.
inline constexpr std::size_t kDatasetChunk = 16'384;

class DatasetWriter {
 public:
  /// Begins "<path>.new", for nobody else to read; it becomes path in finish(). Without that it is removed.
  /// The directory is opened once, by open_directory's rules.
  /// Errors: those of open_directory and FileDraft; unavailable - it cannot be made.
  static Result<DatasetWriter> create(const std::string& path, const DatasetOrigin& origin);
  ~DatasetWriter();
  DatasetWriter(DatasetWriter&&) noexcept;
  DatasetWriter& operator=(DatasetWriter&&) = delete;

  /// Jobs in the order of their submissions. Memory: 3 MB, and 40 bytes a user.
  /// Errors: invalid_input - the job comes too late; unavailable - the disk is full or broken.
  Result<void> add(const TracedJob& job);

  /// Writes the rest, syncs, and renames over path. Errors: unavailable.
  Result<void> finish();

 private:
  struct File;
  DatasetWriter(std::string path, DatasetOrigin origin, std::unique_ptr<File> file);
  Result<void> write_block();
  Result<void> write_summary();

  std::string path_;
  DatasetOrigin origin_;
  std::unique_ptr<File> file_;  // none once finished
  std::vector<TracedJob> block_;
  std::map<UserId, std::uint64_t> users_;
  std::uint64_t jobs_ = 0;  // written
  UnixSeconds first_s_ = 0, last_s_ = 0;
};

class DatasetReader {
 public:
  /// Opens a file and checks schema, columns and their lengths; every chunk has a checksum, which read()
  /// checks. Errors: not_found, invalid_input - no HDF5 file, no data set of ours, or another schema;
  /// corrupt.
  static Result<DatasetReader> open(const std::string& path);
  ~DatasetReader();
  DatasetReader(DatasetReader&&) noexcept;
  DatasetReader& operator=(DatasetReader&&) = delete;

  std::uint64_t jobs() const { return jobs_; }
  const DatasetOrigin& origin() const { return origin_; }
  UnixSeconds first_submit_s() const { return first_s_; }
  UnixSeconds last_submit_s() const { return last_s_; }
  std::span<const DatasetUser> users() const { return users_; }

  /// Fills out with the rows from first on; first + out.size() <= jobs(). Any rows, in any order.
  /// Errors: corrupt - damaged, or a value that no job has; unavailable - the read failed.
  Result<void> read(std::uint64_t first, std::span<TracedJob> out);

 private:
  struct File;
  DatasetReader(std::string path, std::unique_ptr<File> file);
  Result<void> read_header();
  Result<void> read_users();

  std::string path_;
  std::unique_ptr<File> file_;
  std::uint64_t jobs_ = 0;
  DatasetOrigin origin_;
  UnixSeconds first_s_ = 0, last_s_ = 0;
  std::vector<DatasetUser> users_;
  std::vector<std::byte> buffer_;
};

}  // namespace foreshape

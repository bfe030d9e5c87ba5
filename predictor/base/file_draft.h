// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A file that is written under a name beside its own, and takes its place when it is whole.
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: one owner at a time.

#include <string>
#include <sys/types.h>

#include "predictor/base/descriptor.h"
#include "predictor/base/result.h"

namespace foreshape {

class FileDraft {
 public:
  /// Makes "<name>.new" in an open directory, which must stay open for as long; of path only the last name
  /// counts, the rest is for messages. mode: as for open(2). Errors: those of check_replaceable;
  /// invalid_input - path names a directory; unavailable - the system's reason.
  static Result<FileDraft> create(int directory, const std::string& path, mode_t mode);
  /// Removes what was not put in place: half a file helps nobody, least on a full disk.
  ~FileDraft();
  FileDraft(FileDraft&& other) noexcept;
  FileDraft& operator=(FileDraft&&) = delete;

  /// For writing and fchown: the file itself, whatever its name stands for by now.
  int file() const { return file_.get(); }
  /// As messages name it: "<path>.new".
  std::string text() const { return path_ + ".new"; }
  /// For libraries that want a name: it leads to the file itself, not to what has its name by now. "" where
  /// the draft is in place already.
  std::string own_path() const;

  /// Syncs, closes, and renames over path. Errors: unavailable - with the failing step; the draft is gone.
  Result<void> put_in_place();

 private:
  FileDraft(int directory, std::string path, Descriptor file);
  std::string name() const;
  Result<void> trouble(const std::string& of, const char* step) const;

  int directory_;  // -1: nothing is left to remove
  std::string path_;
  Descriptor file_;
};

}  // namespace foreshape

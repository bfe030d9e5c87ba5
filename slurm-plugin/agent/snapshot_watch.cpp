// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/snapshot_watch.h"

#include <fmt/format.h>
#include <unistd.h>
#include <utility>

#include "predictor/base/file.h"
#include "predictor/profile/snapshot.h"

namespace foreshape {

void SnapshotWatch::pass() {
  const auto settings = state_.settings.get();
  FileVersion version = file_version(settings->snapshot_file);
  if (version == seen_) return;
  seen_ = std::move(version);
  if (seen_.size < 0) return;  // none yet, or taken away: what is loaded stays
  const auto loaded = load(seen_.path);
  if (loaded) return;
  state_.log(LogLevel::error,
             fmt::format("profile snapshot {}; {}", loaded.error().message,
                         state().made_s != 0 ? "keeping the one loaded before" : "predicting without it"));
  const std::lock_guard lock(mutex_);
  now_.refused = loaded.error().message;
}

Result<void> SnapshotWatch::load(const std::string& path) {
  const std::int64_t begun_ns = state_.clock.monotonic_ns();
  auto bytes = read_file(path, kMaxSnapshotBytes, FileTrust{::geteuid()});
  if (!bytes) return tl::make_unexpected(bytes.error());
  const auto size = static_cast<std::int64_t>(bytes->size());
  auto table = load_snapshot(std::move(*bytes));
  if (!table) return tl::make_unexpected(about(path, table.error()));

  SnapshotState next;
  next.made_s = (*table)->made_s();
  next.loaded_s = state_.clock.now_s();
  next.bytes = size;
  const std::size_t users = (*table)->users().size(), jobs = (*table)->job_count();
  state_.profiles.replace_base(*table);
  next.load_seconds = static_cast<double>(state_.clock.monotonic_ns() - begun_ns) * 1e-9;
  state_.log(LogLevel::info, fmt::format("profile snapshot {}: {} users, {} jobs, loaded in {:.3f} s", path,
                                         users, jobs, next.load_seconds));
  const std::lock_guard lock(mutex_);
  now_ = std::move(next);
  return {};
}

SnapshotState SnapshotWatch::state() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

}  // namespace foreshape

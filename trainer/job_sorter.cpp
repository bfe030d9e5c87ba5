// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/job_sorter.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <queue>
#include <unistd.h>

#include "predictor/base/directory.h"

namespace foreshape {
namespace {

constexpr std::size_t kReadAhead = 2'000;  // jobs of each run that a merge holds

UnixSeconds submit_s(const TracedJob& job) { return job.request.submit_s; }

Error unavailable(const std::string& directory, const char* step) {
  return {ErrorCode::unavailable, directory + ": jobs being sorted: " + step + ": " + std::strerror(errno)};
}

}  // namespace

/// One run while it is merged.
struct JobSorter::Run {
  std::size_t next_in_file = 0, left_in_file = 0;  // jobs
  std::vector<TracedJob> ahead;
  std::size_t at = 0;

  /// False where there is no more; nullopt-like errors are told by errno.
  Result<bool> has_next(int file, const std::string& directory) {
    if (at < ahead.size()) return true;
    if (left_in_file == 0) return false;
    ahead.resize(std::min(left_in_file, kReadAhead));
    at = 0;
    const std::size_t bytes = ahead.size() * sizeof(TracedJob);
    const auto from = static_cast<off_t>(next_in_file * sizeof(TracedJob));
    if (::pread(file, ahead.data(), bytes, from) != static_cast<ssize_t>(bytes))
      return tl::make_unexpected(unavailable(directory, "read"));
    next_in_file += ahead.size();
    left_in_file -= ahead.size();
    return true;
  }
};

JobSorter::JobSorter(std::string directory, std::size_t run_jobs)
    : directory_(std::move(directory)), run_jobs_(run_jobs) {}
JobSorter::~JobSorter() = default;

Result<void> JobSorter::add(const TracedJob& job) {
  jobs_.push_back(job);
  return jobs_.size() == run_jobs_ ? spill() : Result<void>{};
}

Result<void> JobSorter::spill() {
  if (!file_) {
    const auto directory = open_directory(directory_);
    if (!directory) return tl::make_unexpected(directory.error());
    const int file = ::openat(directory->get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) return tl::make_unexpected(unavailable(directory_, "new file"));
    file_.reset(::fdopen(file, "w+"));
  }
  std::ranges::stable_sort(jobs_, {}, submit_s);
  if (std::fwrite(jobs_.data(), sizeof(TracedJob), jobs_.size(), file_.get()) != jobs_.size())
    return tl::make_unexpected(unavailable(directory_, "write"));
  runs_.push_back(jobs_.size());
  jobs_.clear();
  return {};
}

Result<void> JobSorter::drain(const std::function<Result<void>(const TracedJob&)>& take) {
  if (runs_.empty()) {
    std::ranges::stable_sort(jobs_, {}, submit_s);
    for (const TracedJob& job : jobs_)
      if (auto taken = take(job); !taken) return taken;
    return {};
  }
  if (auto spilled = jobs_.empty() ? Result<void>{} : spill(); !spilled) return spilled;
  if (std::fflush(file_.get()) != 0) return tl::make_unexpected(unavailable(directory_, "write"));
  std::vector<TracedJob>{}.swap(jobs_);
  return merge(take);
}

Result<void> JobSorter::merge(const std::function<Result<void>(const TracedJob&)>& take) {
  const int file = ::fileno(file_.get());
  std::vector<Run> runs(runs_.size());
  using TimeAndRun = std::pair<UnixSeconds, std::size_t>;  // lower numbers first: the order stays stable
  std::priority_queue<TimeAndRun, std::vector<TimeAndRun>, std::greater<>> heads;
  const auto queue = [&](std::size_t r) -> Result<void> {
    const auto more = runs[r].has_next(file, directory_);
    if (!more) return tl::make_unexpected(more.error());
    if (*more) heads.emplace(submit_s(runs[r].ahead[runs[r].at]), r);
    return {};
  };
  std::size_t before = 0;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    runs[r].next_in_file = before;
    runs[r].left_in_file = runs_[r];
    before += runs_[r];
    if (auto queued = queue(r); !queued) return queued;
  }
  while (!heads.empty()) {
    const std::size_t r = heads.top().second;
    heads.pop();
    if (auto taken = take(runs[r].ahead[runs[r].at++]); !taken) return taken;
    if (auto queued = queue(r); !queued) return queued;
  }
  return {};
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/picture.h"

#include <algorithm>
#include <cmath>

namespace foreshape {
namespace {

constexpr double kLongestWait = 30 * 86'400.0;
constexpr double kLargestSlowdown = 1e5;

/// Counts values by the first point of a logarithmic axis that is not below them.
class PointCounter {
 public:
  PointCounter(double least, double most) : counts_(kPicturePoints) {
    found_.least = least;
    found_.most = most;
    per_log_ = static_cast<double>(kPicturePoints - 1) / std::log(most / least);
  }
  void add(double value) {
    // A little less than a point still counts as that point: the last bits of a logarithm are not the job's.
    const double point = std::ceil(std::log(value / found_.least) * per_log_ - 1e-9);
    ++counts_[static_cast<std::size_t>(std::clamp(point, 0.0, static_cast<double>(kPicturePoints - 1)))];
    ++all_;
  }
  Distribution result() {
    double sum = 0;
    for (const std::uint64_t count : counts_) {
      sum += static_cast<double>(count);
      found_.shares.push_back(all_ == 0 ? 0 : sum / static_cast<double>(all_));
    }
    return found_;
  }

 private:
  Distribution found_;
  double per_log_ = 1;
  std::vector<std::uint64_t> counts_;
  std::uint64_t all_ = 0;
};

/// Mean height over each part of the time of boxes that are put on top of each other.
class Course {
 public:
  Course(std::int64_t from_s, std::int64_t to_s)
      : from_(static_cast<double>(from_s)),
        part_s_(std::max(1.0, static_cast<double>(to_s - from_s)) / static_cast<double>(kPictureParts)),
        edges_(kPictureParts + 1),
        inside_(kPictureParts + 1) {}

  /// A box from `from` to `to`; what lies outside the course is cut off.
  void add(std::int64_t from, std::int64_t to, double height) {
    add_from(position(from), height);
    add_from(position(to), -height);
  }
  std::vector<double> result() const {
    std::vector<double> means;
    double height = 0;
    for (std::size_t part = 0; part < kPictureParts; ++part) {
      means.push_back(std::max(0.0, height + inside_[part]));
      height += edges_[part];
    }
    return means;
  }

 private:
  double position(std::int64_t time) const {
    return std::clamp((static_cast<double>(time) - from_) / part_s_, 0.0, static_cast<double>(kPictureParts));
  }
  /// From here on: a share of its own part, and all of the parts after it.
  void add_from(double at, double height) {
    const auto part = static_cast<std::size_t>(at);
    inside_[part] += height * (1.0 - (at - std::floor(at)));
    edges_[part] += height;
  }

  double from_, part_s_;
  std::vector<double> edges_, inside_;
};

std::vector<UserPicture> users_of(const Workload& load, const Schedule& schedule) {
  std::vector<UserPicture> users(load.users);
  const std::vector<double> slowdowns = slowdown_of_users(load, schedule);
  for (const ReplayJob& job : load.jobs) {
    if (!load.is_measured(job)) continue;
    UserPicture& user = users[job.user];
    if (user.jobs++ == 0)
      user.name =
          job.user < load.user_names.size() ? load.user_names[job.user] : std::to_string(job.request.uid);
    user.slowdown = slowdowns[job.user];
  }
  return users;
}

}  // namespace

double Distribution::at(std::size_t point) const {
  return least * std::pow(most / least, static_cast<double>(point) / static_cast<double>(kPicturePoints - 1));
}

RunPicture picture_of(const Workload& load, const Schedule& schedule) {
  PointCounter waits{1, kLongestWait}, slowdowns{1, kLargestSlowdown};
  const TracePicture frame = frame_of(load);
  Course waiting{frame.from_s, frame.to_s}, used{frame.from_s, frame.to_s};
  for (std::size_t i = 0; i < load.jobs.size(); ++i) {
    const ReplayJob& job = load.jobs[i];
    const std::int64_t start = schedule.start_s[i], end = schedule.end_s[i];
    if (load.is_measured(job)) {
      waits.add(static_cast<double>(start - job.submit_s + 1));
      slowdowns.add(bounded_slowdown(start - job.submit_s, end - start));
    }
    waiting.add(job.submit_s, start, 1);
    used.add(start, end, static_cast<double>(job.procs) / load.procs);
  }
  RunPicture picture;
  picture.waits = waits.result();
  picture.slowdowns = slowdowns.result();
  picture.waiting_jobs = waiting.result();
  picture.utilisation = used.result();
  picture.users = users_of(load, schedule);
  return picture;
}

TracePicture frame_of(const Workload& load) {
  TracePicture frame;
  frame.trace = load.trace;
  const auto first =
      std::ranges::find_if(load.jobs, [&](const ReplayJob& job) { return load.is_measured(job); });
  frame.jobs = static_cast<std::uint64_t>(load.jobs.end() - first);
  frame.procs = load.procs;
  if (first == load.jobs.end()) return frame;
  frame.from_s = first->submit_s;
  frame.to_s = load.jobs.back().submit_s;
  return frame;
}

}  // namespace foreshape

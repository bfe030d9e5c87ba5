// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/advice.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <iterator>
#include <string>

namespace foreshape {
namespace {

constexpr std::size_t kEnoughToTell = 5;
constexpr std::size_t kMaxToTell = 20;
constexpr double kWorthTelling = 2.0;  // requested / used at most
constexpr std::size_t kNameBytes = 40;

struct Peaks {
  std::size_t jobs = 0;
  std::size_t memory_jobs = 0;  // of them with their memory measured
  std::uint32_t run_s = 0;
  std::uint32_t memory_kib = 0;
};

Peaks peaks_of(std::span<const PastJob> jobs, const JobRequest& job) {
  Peaks peaks;
  for (const PastJob& past : jobs) {
    if (peaks.jobs == kMaxToTell) break;
    if (past.uid != job.uid || past.name != job.name || !is_measurement(past.state)) continue;
    ++peaks.jobs;
    peaks.run_s = std::max(peaks.run_s, past.run_s);
    if (past.used_memory_kib == PastJob::kNotMeasured) continue;
    ++peaks.memory_jobs;
    peaks.memory_kib = std::max(peaks.memory_kib, past.used_memory_kib);
  }
  return peaks;
}

bool speaks_of(const Plan& plan, Lever lever) {
  return plan.modes.at(static_cast<std::size_t>(lever)) >= Mode::advise;
}

bool is_worth_telling(std::size_t jobs, std::optional<std::int64_t> requested, double used) {
  return jobs >= kEnoughToTell && requested && static_cast<double>(*requested) >= kWorthTelling * used;
}

/// Text in a fixed buffer; what does not fit is cut.
class Line {
 public:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    const auto room = buffer_.size() - size_;
    const auto done = fmt::format_to_n(buffer_.begin() + static_cast<std::ptrdiff_t>(size_), room, format,
                                       std::forward<Args>(args)...);
    size_ += std::min(room, done.size);
  }
  AdviceText text() const { return AdviceText{{buffer_.data(), size_}}; }

 private:
  std::array<char, 256> buffer_{};
  std::size_t size_ = 0;
};

/// As sacct shows sizes: 5.1G.
void add_bytes(Line& line, double bytes) {
  constexpr std::array<char, 5> kUnits = {'K', 'M', 'G', 'T', 'P'};
  double value = bytes / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  // 5.1G, 64G, 512M: one decimal only where it tells something.
  if (value < 10 && value != static_cast<double>(static_cast<std::int64_t>(value)))
    line.add("{:.1f}{}", value, kUnits[unit]);
  else
    line.add("{:.0f}{}", value, kUnits[unit]);
}

/// As people say it: 40 s, 41 min, 24 h, 7 days.
void add_duration(Line& line, std::int64_t seconds) {
  constexpr std::int64_t kMinute = 60, kHour = 3600, kDay = 86'400;
  if (seconds < 2 * kMinute)
    line.add("{} s", seconds);
  else if (seconds < 2 * kHour)
    line.add("{} min", (seconds + kMinute - 1) / kMinute);
  else if (seconds < 3 * kDay)
    line.add("{} h", (seconds + kHour - 1) / kHour);
  else
    line.add("{} days", (seconds + kDay - 1) / kDay);
}

bool is_shaped(const Plan& plan) {
  return plan.shaped_memory_mib && plan.modes.at(static_cast<std::size_t>(Lever::memory)) == Mode::enforce;
}

/// What became of the request, what happens if that was wrong, and the way out.
AdviceText shaped_text(const JobRequest& job, const Plan& plan) {
  constexpr std::int64_t kMiB = 1 << 20;
  const std::int64_t requested_mib = job.memory_per_node_bytes.value_or(0) / kMiB;
  Line line;
  line.add(
      "submitted with {}M of the {}M of memory requested, by what your jobs like it used; if that is too "
      "little, it is queued again with {}M (--comment=foreshape=off opts out)",
      *plan.shaped_memory_mib, requested_mib, requested_mib);
  return line.text();
}

/// The name made harmless and cut between characters.
std::string shown(std::string_view name) {
  const BoundedText<kNameBytes> cut{name};
  return harmless(cut.view());
}

}  // namespace

std::optional<AdviceText> advice_text(const JobRequest& job, std::string_view name,
                                      std::span<const PastJob> jobs, const Plan& plan) {
  if (job.name == 0) return std::nullopt;
  const Peaks peaks = peaks_of(jobs, job);
  constexpr double kKiB = 1024;
  const bool memory = speaks_of(plan, Lever::memory) &&
                      is_worth_telling(peaks.memory_jobs, job.memory_per_node_bytes, peaks.memory_kib * kKiB);
  const bool run_time =
      speaks_of(plan, Lever::run_time) && is_worth_telling(peaks.jobs, job.limit_s, peaks.run_s);
  if (!memory && !run_time) return std::nullopt;

  Line line;
  line.add("your last {} '{}' jobs used at most ", memory ? peaks.memory_jobs : peaks.jobs, shown(name));
  if (memory) {
    add_bytes(line, std::max(1U, peaks.memory_kib) * kKiB);
    line.add(" of memory (requested ");
    add_bytes(line, static_cast<double>(*job.memory_per_node_bytes));
    line.add(")");
  }
  if (memory && run_time) line.add(" and ");
  if (run_time) {
    add_duration(line, peaks.run_s);
    line.add(" (requested ");
    add_duration(line, *job.limit_s);
    line.add(")");
  }
  return line.text();
}

std::optional<AdviceText> advice_text(const JobRequest& job, std::string_view name,
                                      const ProfileStore& profiles, const Plan& plan) {
  if (is_shaped(plan)) return shaped_text(job, plan);
  if (!speaks_of(plan, Lever::memory) && !speaks_of(plan, Lever::run_time)) return std::nullopt;
  std::array<PastJob, kProfileJobs> jobs;
  const std::size_t n = profiles.newest_jobs(ProfileGroup::user, job.uid, jobs);
  return advice_text(job, name, std::span{jobs}.first(n), plan);
}

}  // namespace foreshape

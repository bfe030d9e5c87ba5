// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/arrival_samples.h"

#include <algorithm>

#include "trainer/job_stream.h"
#include "trainer/random_numbers.h"

namespace foreshape {
namespace {

double share_of(std::uint64_t wanted, std::uint64_t among) {
  return among == 0 ? 1 : std::min(1.0, static_cast<double>(wanted) / static_cast<double>(among));
}

}  // namespace

ArrivalCollector::ArrivalCollector(const HistoryWindows& windows, const ArrivalSampleSettings& settings,
                                   std::size_t rank, std::size_t ranks)
    : windows_(windows), settings_(settings), rank_(rank), ranks_(ranks) {}

bool ArrivalCollector::is_chosen(const ArrivalTime& moment) const {
  double share = 1;
  const std::uint64_t newest = std::min(settings_.jobs / 2, windows_.learn_end);
  if (validating_)
    share = share_of(settings_.bounds.validation, windows_.validation_end - windows_.learn_end);
  else if (settings_.jobs < windows_.learn_end && jobs_ < windows_.learn_end - newest)
    share = share_of(settings_.jobs - newest, windows_.learn_end - newest);
  if (moment.kind == MomentKind::quarter) share /= 4;
  return static_cast<double>(random_of(settings_.bounds.seed, moment.number) >> 11U) * 0x1p-53 < share;
}

bool ArrivalCollector::wants(const ArrivalTime& moment) {
  if (!is_chosen(moment)) return false;
  shard_ = static_cast<std::size_t>(chosen_++ % kShards);
  return rank_of_shard(shard_, ranks_) == rank_;
}

void ArrivalCollector::made(const ArrivalTime& moment, const ArrivalInput& input) {
  waiting_[moment.number] = {moment, shard_, input};
}

void ArrivalCollector::came(const NextSubmission& next, std::span<const ArrivalTime> moments) {
  for (const ArrivalTime& moment : moments)
    if (const auto found = waiting_.find(moment.number); found != waiting_.end()) {
      keep(found->second, target_of(moment, found->second.input, next));
      waiting_.erase(found);
    }
}

void ArrivalCollector::keep(const Pending& waiting, const ArrivalTarget& target) {
  if (!target.came && target.bin == 0) return;  // says nothing
  auto& shard = (validating_ ? shards_.validate : shards_.learn)[waiting.shard];
  if (!validating_ && shard.size() >= std::max<std::uint64_t>(settings_.bounds.samples / kShards, 1))
    shard.pop_front();
  shard.push_back({waiting.input, target});
}

void ArrivalCollector::close(UnixSeconds now_s) {
  for (const auto& [number, waiting] : waiting_) keep(waiting, silent_target(waiting.moment, now_s));
  waiting_.clear();
}

void ArrivalCollector::take(const TracedJob& job) {
  // What comes after the window's end was not known there: to its moments it is silence.
  if (jobs_ == windows_.learn_end) {
    close(job.request.submit_s);
    validating_ = true;
  }
  last_s_ = job.request.submit_s;
  timeline_.submitted(job);
  ++jobs_;
}

void ArrivalCollector::finish(UnixSeconds now_s) { close(now_s > 0 ? now_s : last_s_); }

Result<ArrivalShards> collect_arrivals(DatasetReader& reader, const HistoryWindows& windows,
                                       const ArrivalSampleSettings& settings, Comm& comm,
                                       const std::function<bool()>& stop,
                                       const std::function<void(std::uint64_t)>& progress) {
  ArrivalCollector collector{windows, settings, comm.rank(), comm.ranks()};
  JobStream stream{reader, comm};
  const auto end_s = stream.for_each_before(
      windows.validation_end, [&](const TracedJob& job) { collector.take(job); }, stop, progress);
  if (!end_s) return tl::make_unexpected(end_s.error());
  collector.finish(*end_s);
  collector.shards().count(comm);
  return std::move(collector.shards());
}

}  // namespace foreshape

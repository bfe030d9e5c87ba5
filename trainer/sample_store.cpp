// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/sample_store.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "predictor/baseline/kernel.h"
#include "trainer/job_stream.h"

namespace foreshape {

Target unfinished_target(const TracedJob& job, UnixSeconds now_s) {
  Target target{};
  const JobUsage& used = job.usage;
  // Without an end and without another moment to ask for, accounting's own word on how long it has run.
  const std::int64_t run_s = now_s > 0 ? now_s - used.start_s : used.run_s;
  if (used.start_s <= 0 || run_s <= 0) return target;
  constexpr auto kRunTime = static_cast<std::size_t>(Resource::run_time);
  const auto bound_s = static_cast<float>(std::min(run_s, job.request.limit_s.value_or(run_s)));
  target.value[kRunTime] = std::log(std::max(bound_s, 1.0F));
  target.known[kRunTime] = kAtLeast;
  return target;
}

SampleCollector::SampleCollector(const HistoryWindows& windows, SamplePlan plan, std::size_t rank,
                                 std::size_t ranks)
    : windows_(windows), plan_(plan), rank_(rank), ranks_(ranks) {}

void SampleCollector::take(const TracedJob& job) {
  const UnixSeconds now_s = job.request.submit_s;
  order_.advance(now_s, [this](TimeOrder::Number number, const TracedJob& done) { ended(number, done); });
  // What ends after the window's end was not known there.
  if (order_.submitted() == windows_.learn_end) close(false, now_s);
  const auto place = plan_.next();
  const TimeOrder::Number number = order_.submitted();
  const TracedJob& kept = order_.submit(job);
  if (place && rank_of_shard(place->shard, ranks_) == rank_) {
    auto waiting = std::make_unique<Pending>();
    waiting->place = *place;
    waiting->job = &kept;
    gather(kept.request, order_.store(), candidates_);
    const Prediction kernel = predict_kernel(kept.request, candidates_);
    compute_features({kept.request, candidates_, kernel, live_.of(kept.request.uid, now_s)},
                     waiting->sample.input);
    waiting_[number] = std::move(waiting);
  }
  live_.submitted(kept);
}

void SampleCollector::ended(TimeOrder::Number number, const TracedJob& job) {
  live_.ended(job);
  const auto found = waiting_.find(number);
  if (found == waiting_.end()) return;
  keep(*found->second, target_of(past_job(0, job.request, job.usage)));
  waiting_.erase(found);
}

void SampleCollector::keep(const Pending& waiting, const Target& target) {
  if (std::ranges::all_of(target.known, [](std::uint8_t known) { return known == kUnknown; })) return;
  auto& shards = waiting.place.validation ? shards_.validate : shards_.learn;
  shards[waiting.place.shard].push_back({waiting.sample.input, target});
}

void SampleCollector::close(bool validation, UnixSeconds now_s) {
  // In the order of submission, not of a hash table: the same on every run.
  std::vector<TimeOrder::Number> numbers;
  for (const auto& [number, waiting] : waiting_)
    if (waiting->place.validation == validation) numbers.push_back(number);
  std::ranges::sort(numbers);
  for (const TimeOrder::Number number : numbers) {
    const auto found = waiting_.find(number);
    keep(*found->second, unfinished_target(*found->second->job, now_s));
    waiting_.erase(found);
  }
}

void SampleCollector::finish(UnixSeconds now_s) {
  order_.advance(now_s > 0 ? now_s : INT64_MAX,
                 [this](TimeOrder::Number number, const TracedJob& done) { ended(number, done); });
  close(false, now_s);  // where nothing validates
  close(true, now_s);
}

namespace {

/// On any rank.
std::array<bool, kResources> known_of(const SampleShards& shards, Comm& comm) {
  std::array<double, kResources> numbers{};
  for (const auto& shard : shards.learn)
    for (const Sample& sample : shard)
      for (std::size_t r = 0; r < kResources; ++r)
        if (sample.target.known[r] != kUnknown) numbers[r] = 1;
  comm.sum(std::span<double>{numbers});
  std::array<bool, kResources> known{};
  for (std::size_t r = 0; r < kResources; ++r) known[r] = numbers[r] > 0;
  return known;
}

}  // namespace

Result<SampleShards> collect_samples(DatasetReader& reader, const SampleSettings& settings, Comm& comm,
                                     const std::function<bool()>& stop,
                                     const std::function<void(std::uint64_t)>& progress) {
  const HistoryWindows windows = split_history(reader.jobs(), settings.validation, settings.held_back);
  SampleCollector collector{windows, SamplePlan{windows, settings.bounds}, comm.rank(), comm.ranks()};
  JobStream stream{reader, comm};
  const auto end_s = stream.for_each_before(
      windows.validation_end, [&](const TracedJob& job) { collector.take(job); }, stop, progress);
  if (!end_s) return tl::make_unexpected(end_s.error());
  collector.finish(*end_s);
  SampleShards& shards = collector.shards();
  shards.count(comm);
  shards.known = known_of(shards, comm);
  constexpr std::uint64_t kMin = 64;
  if (!stream.stopped() && (shards.samples < kMin || shards.validation == 0))
    return failure(ErrorCode::invalid_input, "too few finished jobs: " + std::to_string(shards.samples) +
                                                 " to learn from (at least " + std::to_string(kMin) + "), " +
                                                 std::to_string(shards.validation) + " for validation");
  return std::move(shards);
}

}  // namespace foreshape

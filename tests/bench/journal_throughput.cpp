// SPDX-License-Identifier: GPL-2.0-or-later
// How many events the journal takes and gives back in a second.
//
//   journal_throughput DIRECTORY [EVENTS]     the directory must not exist yet; it is left for a look

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

#include "predictor/journal/journal_reader.h"
#include "predictor/journal/journal_writer.h"

namespace {

using namespace foreshape;
using SteadyClock = std::chrono::steady_clock;

/// A submission as a busy site has it: everything predicted, texts of usual length.
SubmissionEvent usual_submission(std::uint64_t token) {
  SubmissionEvent e;
  e.token = token;
  e.request.submit_s = 1'790'000'000;
  e.request.uid = 1'021;
  e.request.nodes = 2;
  e.request.cpus = 128;
  e.request.memory_per_node_bytes = 64LL << 30;
  e.request.limit_s = 86'400;
  for (Forecast& f : e.prediction.forecasts) {
    f.quantiles.fill(3'600);
    f.jobs = 150;
  }
  e.plan.run_s = 7'200;
  e.account.assign("physics");
  e.partition.assign("main");
  e.name.assign("relax_0042_continued");
  return e;
}

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

int complain(const Error& error) {
  fmt::print(stderr, "journal_throughput: error: {}\n", error.message);
  return 1;
}

/// sync_every: events between two syncs; 0 = none but the last.
Result<double> append_rate(const std::string& directory, std::uint64_t events, std::uint64_t sync_every) {
  auto writer = JournalWriter::open(directory, {});
  if (!writer) return tl::make_unexpected(writer.error());
  const auto start = SteadyClock::now();
  for (std::uint64_t i = 1; i <= events; ++i) {
    if (auto appended = writer->append(usual_submission(i)); !appended)
      return tl::make_unexpected(appended.error());
    if (sync_every == 0 || i % sync_every != 0) continue;
    if (auto synced = writer->sync(); !synced) return tl::make_unexpected(synced.error());
  }
  if (auto synced = writer->sync(); !synced) return tl::make_unexpected(synced.error());
  const double seconds = seconds_since(start);
  fmt::print("append   {:>9} events, sync every {:>6}: {:>9.0f} events/s, {:>5.1f} MiB/s\n", events,
             sync_every == 0 ? events : sync_every, static_cast<double>(events) / seconds,
             static_cast<double>(writer->total_bytes()) / (1 << 20) / seconds);
  return seconds;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: journal_throughput DIRECTORY [EVENTS]\n");
    return 2;
  }
  const std::string directory = argv[1];
  const std::uint64_t events = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 500'000;
  for (const std::uint64_t sync_every : {std::uint64_t{0}, std::uint64_t{10'000}, std::uint64_t{100}}) {
    const std::string part = fmt::format("{}_{}", directory, sync_every);
    if (auto rate = append_rate(part, sync_every == 100 ? events / 50 : events, sync_every); !rate)
      return complain(rate.error());
  }
  auto reader = JournalReader::open(directory + "_0");
  if (!reader) return complain(reader.error());
  const auto start = SteadyClock::now();
  std::uint64_t found = 0;
  for (auto entry = reader->next();; entry = reader->next(), ++found) {
    if (!entry) return complain(entry.error());
    if (!*entry) break;
  }
  fmt::print("read     {:>9} events{:>20} {:>9.0f} events/s\n", found, "",
             static_cast<double>(found) / seconds_since(start));
  return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
// Time inside job_submit without slurmctld around it: one call after the other, each for another user.
//
//   submit_latency SNAPSHOT USERS [CALLS [MODEL [MIB]]]   a snapshot of make_snapshot with so many strangers
//
// Each call is made by a thread of its own, as slurmctld makes them: its stack is paged in anew. With MIB so
// much other memory is gone through between two calls, since a controller that does other things then has
// cold caches. The figure that counts is the one that the Runtime keeps itself (foreshape status). This one
// shows where the time goes.

#include <cstdlib>
#include <fmt/format.h>
#include <random>
#include <thread>
#include <vector>

#include "predictor/base/file.h"
#include "predictor/model/model_file.h"
#include "predictor/profile/snapshot.h"
#include "slurm-plugin/state/submission.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

int measure(const char* path, std::uint32_t users, int calls, const char* model_path, std::size_t mib) {
  auto bytes = read_file(path, kMaxSnapshotBytes);
  auto table = load_snapshot(bytes ? std::move(*bytes) : std::string());
  if (!table) {
    fmt::print(stderr, "submit_latency: error: {}: {}\n", path, table.error().message);
    return 1;
  }
  const SystemClock clock;
  RuntimeState state(Settings{}, SiteFacts{}, clock, clock.now_s() * 1000, [](LogLevel, std::string_view) {});
  state.profiles.replace_base(*table);
  if (model_path != nullptr) {
    auto model = read_model(model_path);
    if (!model) {
      fmt::print(stderr, "submit_latency: error: {}\n", model.error().message);
      return 1;
    }
    auto blends = model->blends;
    state.model.set({std::make_shared<const ServingNetwork>(std::move(*model)), blends});
  }
  std::mt19937 random(1);
  std::vector<char> elsewhere(mib << 20U);
  std::vector<JournalEvent> drained(kQueuedEvents);
  std::string script = "#!/bin/sh\n# A script of the usual length.\nexec true\n" + std::string(2000, 'x');
  for (int i = 0; i < calls; ++i) {
    job_desc_msg_t job = blank_descriptor();
    std::string name = fmt::format("relax_{}", i);
    job.name = name.data();
    job.script = script.data();
    job.user_id = 1'000'000 + static_cast<std::uint32_t>(random()) % users;
    job.time_limit = 60;
    job.min_cpus = 4;
    char* message = nullptr;
    for (std::size_t at = 0; at < elsewhere.size(); at += 64) ++elsewhere[at];
    std::thread([&] { submit(state, job, 0, &message); }).join();
    free_written(job, &message);
    if (i % 4096 == 0) state.events.take(drained);
  }
  const LatencySummary s = state.submit_latency.summary();
  fmt::print("{} predicted by the model, {} by the kernel\n", state.jobs.by_model.load(),
             state.jobs.predicted.load() - state.jobs.by_model.load());
  fmt::print("{} calls: median {:.1f} us, p90 {:.1f}, p99 {:.1f}, p99.9 {:.1f}, max {:.1f}\n", s.count,
             static_cast<double>(s.p50_ns) / 1e3, static_cast<double>(s.p90_ns) / 1e3,
             static_cast<double>(s.p99_ns) / 1e3, static_cast<double>(s.p999_ns) / 1e3,
             static_cast<double>(s.max_ns) / 1e3);
  return 0;
}

}  // namespace
}  // namespace foreshape

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: submit_latency SNAPSHOT USERS [CALLS [MODEL [MIB]]]\n");
    return 2;
  }
  const auto users = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10));
  return foreshape::measure(argv[1], users > 0 ? users : 1, argc > 3 ? std::atoi(argv[3]) : 100'000,
                            argc > 4 ? argv[4] : nullptr, argc > 5 ? std::strtoul(argv[5], nullptr, 10) : 0);
}

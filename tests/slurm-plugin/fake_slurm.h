// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A Slurm in memory for the holds: nodes, jobs and reservations that tests set, and the calls that came.
//
// Runs in: tests.

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "slurm-plugin/slurm/slurm_control.h"
#include "tests/predictor/plan/hold_builders.h"

namespace foreshape {

class FakeSlurm final : public SlurmControl {
 public:
  /// `nodes` nodes of 64 cpus in partition main, the first `free` of them free.
  FakeSlurm(int nodes, int free) {
    seen.at_s = kNow;
    seen.nodes = machine(nodes, free).nodes;
  }

  Result<SeenSlurm> look() override {
    ++looks;
    if (is_down) return failure(ErrorCode::unavailable, "down");
    // What Slurm does by itself.
    std::erase_if(seen.reservations, [&](const SeenReservation& r) { return r.ends_s <= seen.at_s; });
    return seen;
  }
  Result<void> create(const WantedHold& hold) override {
    calls.push_back("create " + hold.name);
    if (!refusal.empty()) return failure(ErrorCode::unavailable, refusal);
    seen.reservations.push_back(
        {.name = hold.name, .nodes = hold.nodes, .start_s = seen.at_s, .ends_s = hold.ends_s});
    return {};
  }
  Result<void> change(const WantedHold& hold) override {
    calls.push_back("change " + hold.name);
    SeenReservation& reservation = *std::ranges::find(seen.reservations, hold.name, &SeenReservation::name);
    reservation.nodes = hold.nodes;
    reservation.ends_s = hold.ends_s;
    return {};
  }
  Result<void> release(const std::string& name) override {
    calls.push_back("release " + name);
    std::erase_if(seen.reservations, [&](const SeenReservation& r) { return r.name == name; });
    return {};
  }
  Result<void> put_job(JobId job, const std::string& reservation) override {
    calls.push_back("put " + std::to_string(job) + " into '" + reservation + "'");
    if (at_put) at_put(job);
    if (refused_jobs.contains(job)) return failure(ErrorCode::unavailable, "no");
    for (SeenJob& one : seen.jobs)
      if (one.id == job) one.reservation = reservation;
    return {};
  }
  bool has_ended(JobId job) override {
    const auto found = std::ranges::find(seen.jobs, job, &SeenJob::id);
    return found == seen.jobs.end() || found->state != JobState::running;
  }
  std::optional<std::string> user_name(UserId uid) override {
    for (const auto& [name, number] : users)
      if (number == uid) return name;
    return std::nullopt;
  }
  std::optional<UserId> user_id(const std::string& name) override {
    const auto found = users.find(name);
    return found != users.end() ? std::optional(found->second) : std::nullopt;
  }

  PoolNode& node(const std::string& name) { return *std::ranges::find(seen.nodes, name, &PoolNode::name); }

  /// A job that waits for room in main; whole nodes.
  SeenJob& wait(JobId id, UserId uid) {
    SeenJob job;
    job.id = id;
    job.uid = uid;
    job.state = JobState::pending;
    job.requested.uid = uid;
    job.requested.cpus = 64;
    job.requested.limit_s = 3600;
    job.partitions = {"main"};
    job.submit_s = seen.at_s;
    job.waits_for_resources = job.is_placeable = true;
    return seen.jobs.emplace_back(job);
  }

  /// That job, or a new one of this user, runs on this node from now on.
  void start(JobId id, UserId uid, const std::string& on) {
    auto job = std::ranges::find(seen.jobs, id, &SeenJob::id);
    SeenJob& running = job != seen.jobs.end() ? *job : wait(id, uid);
    running.state = JobState::running;
    running.waits_for_resources = false;
    running.nodes = {on};
    running.given_cpus = node(on).cpus;
    running.start_s = seen.at_s;
    running.end_s = seen.at_s + 3600;
    node(on).is_free = false;
    node(on).since_s = seen.at_s;
  }

  std::vector<std::string> take_calls() { return std::exchange(calls, {}); }

  SeenSlurm seen;
  std::vector<std::string> calls;
  std::map<std::string, UserId> users = {{"carol", 1003}, {"dave", 1004}};
  std::string refusal;
  std::function<void(JobId)> at_put;  // what happens while put_job() is under way
  std::set<JobId> refused_jobs;       // by put_job()
  bool is_down = false;
  int looks = 0;
};

}  // namespace foreshape

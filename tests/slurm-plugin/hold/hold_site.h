// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A site with an agent that holds nodes, on a Slurm in memory.

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <unistd.h>
#include <variant>
#include <vector>

#include "slurm-plugin/hold/hold_agent.h"
#include "tests/slurm-plugin/fake_slurm.h"

namespace foreshape {

inline constexpr UserId kCarol = 1003, kDave = 1004;

inline std::string new_hold_directory() {
  std::string directory = testing::TempDir() + "hold_agent." + std::to_string(::getpid()) + "." +
                          testing::UnitTest::GetInstance()->current_test_info()->name();
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  return directory;
}

/// Eight busy nodes of which two will soon be free, others who wait, and a Runtime's state around an agent.
struct HoldSite {
  HoldSite() {
    settings.state_dir = new_hold_directory();
    settings.agent_interval_s = 10;
    settings.policy.hold.mode = HoldMode::on;
    settings.policy.hold.users = {"carol"};
    settings.policy.hold.pool_share_max = 0.5;
    settings.policy.hold.pool_factor = 1.0;
    state.replace_settings(settings);
    slurm.wait(77, 4242).is_placeable = false;
  }
  ~HoldSite() { std::filesystem::remove_all(settings.state_dir); }

  /// Every minute up to ten seconds ago: the next one comes within the quarter of an hour.
  void has_habit(UserId uid, std::uint32_t run_s = 60, const char* partition = "main") {
    for (std::uint32_t minutes = 0; minutes < 8; ++minutes) {
      Submission submission;
      submission.submit_s = static_cast<std::uint32_t>(slurm.seen.at_s) - 10 - 60 * minutes;
      submission.partition = text_hash(partition);
      submission.cpus = 64;
      submission.predicted_run_s = run_s;
      state.profiles.add_submission(uid, submission);
    }
  }
  /// Its 20 jobs so far have run for ten seconds each.
  void is_quick(UserId uid) {
    for (std::uint32_t i = 0; i < 20; ++i) {
      const auto end_s = static_cast<std::uint32_t>(kNow) - 100 * i;
      state.profiles.add_outcome({.job_id = i + 1,
                                  .uid = uid,
                                  .submit_s = end_s - 20,
                                  .start_s = end_s - 10,
                                  .end_s = end_s,
                                  .run_s = 10,
                                  .requested_limit_s = 600,
                                  .requested_cpus = 64,
                                  .state = JobState::completed});
    }
  }
  /// Time goes by in Slurm and for us.
  void after(std::int64_t seconds) {
    slurm.seen.at_s += seconds;
    clock.advance(seconds);
  }
  /// A job that we have put into the first hold starts.
  void comes(JobId id, UserId uid, const std::string& node) {
    slurm.wait(id, uid).reservation = slurm.seen.reservations[0].name;
    slurm.start(id, uid, node);
  }
  void pass() { agent->pass(settings.policy); }
  void restart() { agent = std::make_unique<HoldAgent>(state, slurm); }

  std::vector<HoldEvent> events() {
    std::vector<JournalEvent> all(100);
    all.resize(state.events.take(all));
    std::vector<HoldEvent> holds;
    for (const JournalEvent& event : all)
      if (const auto* hold = std::get_if<HoldEvent>(&event)) holds.push_back(*hold);
    return holds;
  }
  std::vector<HoldPhase> steps() {
    std::vector<HoldPhase> steps;
    for (const HoldEvent& event : events()) steps.push_back(event.step);
    return steps;
  }

  FakeSlurm slurm{8, 2};
  FakeClock clock{kNow};
  Settings settings;
  std::string said;  // at level error
  RuntimeState state{Settings{}, SiteFacts{}, clock, kNow * 1000,
                     [this](LogLevel level, std::string_view text) {
                       if (level == LogLevel::error) said += text;
                     }};
  std::unique_ptr<HoldAgent> agent = std::make_unique<HoldAgent>(state, slurm);
};

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/journal/codec.h"

#include <gtest/gtest.h>
#include <tuple>

namespace foreshape {
namespace {

/// Every field has a value of its own, so that none can be forgotten or swapped unnoticed.
SubmissionEvent full_submission() {
  SubmissionEvent e;
  e.token = 0x0123456789ABCDEFULL;
  e.request = {.submit_s = 1'790'000'000,
               .uid = 1021,
               .account = 1,
               .partition = 2,
               .qos = 3,
               .name = 4,
               .script = 5,
               .work_dir = 6,
               .gres = 7,
               .licenses = 8,
               .burst_buffer = 9,
               .nodes = 10,
               .cpus = 11,
               .tasks = 12,
               .gpus = 13,
               .memory_per_node_bytes = 1LL << 40,
               .limit_s = 14,
               .array_tasks = 15,
               .interactive = true,
               .has_dependency = true};
  float value = 100;
  for (Forecast& f : e.prediction.forecasts) {
    for (float& q : f.quantiles) q = value++;
    f.typical = value++;
    f.mean = value++;
    f.jobs = static_cast<std::uint16_t>(value++);
  }
  e.prediction.evidence = Evidence::account;
  e.prediction.model = 0xfedcba9876543210U;
  e.prediction.similar_jobs = 16;
  e.plan = {.modes = {Mode::off, Mode::observe, Mode::advise, Mode::enforce},
            .run_s = 17,
            .memory_bytes = 18,
            .shaped_memory_mib = 21,
            .order_offset_s = 19,
            .order_is_dry = true,
            .may_use_pool = true};
  e.decided_in_ns = 20;
  e.opted_out = true;
  e.account.assign("acct");
  e.partition.assign("part");
  e.qos.assign("qos");
  e.name.assign("name \xFF\x1B[2J");
  return e;
}

template <class Event>
Event through(const Event& event) {
  EventEncoder encoder;
  const auto decoded = decode_event(encoder.encode(event));
  EXPECT_TRUE(decoded) << decoded.error().message;
  return std::get<Event>(decoded.value_or(JournalEvent{Event{}}));
}

void expect_equal(const JobRequest& a, const JobRequest& b) {
  const auto fields = [](const JobRequest& r) {
    return std::tuple{r.submit_s, r.uid,         r.account,      r.partition,
                      r.qos,      r.name,        r.script,       r.work_dir,
                      r.gres,     r.licenses,    r.burst_buffer, r.nodes,
                      r.cpus,     r.tasks,       r.gpus,         r.memory_per_node_bytes,
                      r.limit_s,  r.array_tasks, r.interactive,  r.has_dependency};
  };
  EXPECT_EQ(fields(a), fields(b));
}

void expect_equal(const Prediction& a, const Prediction& b) {
  for (std::size_t i = 0; i < kResources; ++i) {
    EXPECT_EQ(a.forecasts[i].quantiles, b.forecasts[i].quantiles);
    EXPECT_EQ(a.forecasts[i].typical, b.forecasts[i].typical);
    EXPECT_EQ(a.forecasts[i].mean, b.forecasts[i].mean);
    EXPECT_EQ(a.forecasts[i].jobs, b.forecasts[i].jobs);
  }
  EXPECT_EQ(a.evidence, b.evidence);
  EXPECT_EQ(a.model, b.model);
  EXPECT_EQ(a.similar_jobs, b.similar_jobs);
}

void expect_equal(const SubmissionEvent& a, const SubmissionEvent& b) {
  EXPECT_EQ(a.token, b.token);
  expect_equal(a.request, b.request);
  expect_equal(a.prediction, b.prediction);
  EXPECT_EQ(a.plan.modes, b.plan.modes);
  EXPECT_EQ(a.plan.run_s, b.plan.run_s);
  EXPECT_EQ(a.plan.memory_bytes, b.plan.memory_bytes);
  EXPECT_EQ(a.plan.order_is_dry, b.plan.order_is_dry);
  EXPECT_EQ(a.plan.shaped_memory_mib, b.plan.shaped_memory_mib);
  EXPECT_EQ(a.plan.order_offset_s, b.plan.order_offset_s);
  EXPECT_EQ(a.plan.may_use_pool, b.plan.may_use_pool);
  EXPECT_EQ(a.decided_in_ns, b.decided_in_ns);
  EXPECT_EQ(a.opted_out, b.opted_out);
  EXPECT_EQ(a.account.view(), b.account.view());
  EXPECT_EQ(a.partition.view(), b.partition.view());
  EXPECT_EQ(a.qos.view(), b.qos.view());
  EXPECT_EQ(a.name.view(), b.name.view());
}

}  // namespace

TEST(DecodeEvent, KnowsADryRunOfTheMemoryFromTheModesOfOlderJournals) {
  SubmissionEvent event;
  event.plan.modes = {Mode::advise, Mode::dry_run, Mode::off, Mode::enforce};
  EXPECT_EQ(through(event).plan.modes, event.plan.modes);
}

TEST(DecodeEvent, GivesBackEveryFieldOfASubmission) {
  expect_equal(through(full_submission()), full_submission());
  expect_equal(through(SubmissionEvent{}), SubmissionEvent{});
}

TEST(DecodeEvent, TellsZeroFromNotSaid) {
  SubmissionEvent e;
  e.request.nodes = 0;
  e.plan.run_s = 0;
  expect_equal(through(e), e);
}

TEST(DecodeEvent, GivesBackEveryFieldOfAnOutcome) {
  OutcomeEvent e{1, 2, 3, 4, 5, 6, JobState::timeout, 7, std::nullopt};
  const auto fields = [](const OutcomeEvent& o) {
    return std::tuple(o.job_id, o.token, o.uid, o.submit_s, o.start_s, o.end_s, o.state, o.run_s);
  };
  EXPECT_EQ(fields(through(e)), fields(e));
  EXPECT_FALSE(through(e).requested) << "a journal of before says nothing of it";
  e.requested = full_submission().request;
  const OutcomeEvent back = through(e);
  ASSERT_TRUE(back.requested);
  SubmissionEvent told, had;
  told.request = *back.requested;
  had.request = *e.requested;
  expect_equal(told, had);
}

TEST(DecodeEvent, GivesBackEveryFieldOfAHold) {
  HoldEvent e{.kind = HoldKind::personal,
              .step = HoldPhase::refused,
              .action = HoldAction::shrink,
              .at_s = 1,
              .reservation = BoundedText<64>("foreshape_carol_1"),
              .partition = BoundedText<64>("main"),
              .user = BoundedText<64>("carol"),
              .nodes = 2,
              .deadline_s = 3,
              .job_id = 4,
              .idle_node_s = 5,
              .reason = BoundedText<160>("no such node")};
  const HoldEvent back = through(e);
  EXPECT_EQ(std::tuple(back.kind, back.step, back.action, back.at_s, back.reservation.view(),
                       back.partition.view(), back.user.view(), back.nodes, back.deadline_s, back.job_id,
                       back.idle_node_s, back.reason.view()),
            std::tuple(e.kind, e.step, e.action, e.at_s, e.reservation.view(), e.partition.view(),
                       e.user.view(), e.nodes, e.deadline_s, e.job_id, e.idle_node_s, e.reason.view()));
}

TEST(DecodeEvent, GivesBackEveryFieldOfStaging) {
  const StageEvent e{.step = StagePhase::failed,
                     .at_s = 1,
                     .uid = 2,
                     .job_id = 3,
                     .bytes = 1LL << 40,
                     .copy_ms = 5,
                     .uses = 6,
                     .user_number = 7,
                     .source = BoundedText<256>("/project/in"),
                     .file_system = BoundedText<64>("/project"),
                     .reason = BoundedText<160>("no space")};
  const StageEvent back = through(e);
  EXPECT_EQ(back.step, e.step);
  EXPECT_EQ(std::tie(back.at_s, back.uid, back.job_id, back.bytes, back.copy_ms, back.uses, back.user_number),
            std::tie(e.at_s, e.uid, e.job_id, e.bytes, e.copy_ms, e.uses, e.user_number));
  EXPECT_EQ(back.source.view(), "/project/in");
  EXPECT_EQ(back.file_system.view(), "/project");
  EXPECT_EQ(back.reason.view(), "no space");
}

TEST(DecodeEvent, GivesBackEveryFieldOfANotice) {
  const NoticeEvent e{1, 2, BoundedText<200>("disk full")};
  const NoticeEvent back = through(e);
  EXPECT_EQ(std::tuple(back.at_s, back.lost_events, back.text.view()),
            std::tuple(e.at_s, e.lost_events, e.text.view()));
}

TEST(DecodeEvent, RefusesWhatIsNoRecord) {
  EventEncoder encoder;
  const std::string good(encoder.encode(full_submission()));
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    // Cut from the front nothing fits any more; cut from the end the verifier must not read beyond it.
    EXPECT_FALSE(decode_event(std::string_view(good).substr(0, cut / 2)));
    (void)decode_event(std::string_view(good).substr(0, cut));
  }
  EXPECT_FALSE(decode_event(""));
  EXPECT_FALSE(decode_event(std::string(1 << 20, '\0')));
}

TEST(DecodeEvent, RefusesAValueOutOfItsRange) {
  EventEncoder encoder;
  std::string bytes(encoder.encode(OutcomeEvent{.state = static_cast<JobState>(200)}));
  const auto event = decode_event(bytes);
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, ErrorCode::corrupt);
}

}  // namespace foreshape

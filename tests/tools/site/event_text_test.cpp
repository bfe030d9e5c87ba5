// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/event_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace foreshape {
namespace {

SubmissionEvent submission() {
  SubmissionEvent e;
  e.token = 0xABC;
  e.request.submit_s = 1'790'000'000;
  e.request.uid = 1'021;
  e.request.limit_s = 86'400;
  Forecast& run = e.prediction.of(Resource::run_time);
  run.typical = 2'400;
  run.jobs = 20;
  e.prediction.evidence = Evidence::user;
  e.plan.run_s = 2'460;
  e.plan.may_use_pool = true;
  e.account.assign("physics");
  e.name.assign("relax\x1B[2J\n1 submission");
  return e;
}

}  // namespace

TEST(EventText, IsOneHarmlessLine) {
  const std::string text = event_text({7, submission()});
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find('\x1B'), std::string::npos);
  for (const char* want :
       {"7 submission ", "foreshape=0000000000000abc uid=1021 account=physics", "name='relax?[2J?1",
        "run requested=1-00:00:00 predicted=00:40:00 planned=00:41:00", "memory requested=- predicted=-",
        "from 20 jobs (user) may_use_pool"})
    EXPECT_NE(text.find(want), std::string::npos) << want << "\n" << text;
}

TEST(EventText, ShowsEveryKind) {
  EXPECT_NE(event_text({1, OutcomeEvent{.job_id = 12, .state = JobState::timeout}})
                .find("job=12 uid=0 state=TIMEOUT"),
            std::string::npos);
  HoldEvent hold;
  hold.kind = HoldKind::personal;
  hold.step = HoldPhase::refused;
  hold.action = HoldAction::create;
  EXPECT_NE(event_text({2, hold}).find("personal refused create"), std::string::npos);
  StageEvent stage;
  stage.step = StagePhase::missed;
  stage.reason.assign("never staged");
  EXPECT_NE(event_text({4, stage}).find("missed uid=0 job=0"), std::string::npos);
  EXPECT_EQ(event_json({4, stage})["reason"], "never staged");
  NoticeEvent notice;
  notice.lost_events = 9;
  EXPECT_NE(event_text({3, notice}).find("lost_events=9"), std::string::npos);
}

TEST(EventJson, HasAllFieldsAndNullForWhatWasNotSaid) {
  const auto json = event_json({7, submission()});
  EXPECT_EQ(json["sequence"], 7);
  EXPECT_EQ(json["kind"], "submission");
  EXPECT_EQ(json["token"], "0000000000000abc");
  EXPECT_TRUE(json["request"]["nodes"].is_null());
  EXPECT_EQ(json["request"]["limit_s"], 86'400);
  EXPECT_EQ(json["prediction"]["run_time"]["jobs"], 20);
  EXPECT_FALSE(json["prediction"].contains("read"));
  EXPECT_EQ(json["plan"]["run_s"], 2'460);
}

}  // namespace foreshape

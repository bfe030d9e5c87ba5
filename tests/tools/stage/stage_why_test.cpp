// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_why.h"

#include <gtest/gtest.h>

#include "tools/stage/event_collection.h"

namespace foreshape {
namespace {

StageEvent step(StagePhase step, JobId job, const char* reason = "") {
  StageEvent event;
  event.step = step;
  event.at_s = 1'790'000'000;
  event.uid = 1001;
  event.job_id = job;
  event.bytes = 2'048;
  event.copy_ms = 1'500;
  event.source.assign("/project/in");
  event.reason.assign(reason);
  return event;
}

}  // namespace

TEST(StageWhy, SaysInOneLineWhyTheDataWereThereOrNot) {
  const struct {
    const char* why;
    std::vector<StageEvent> events;
    const char* text;
  } cases[] = {
      {"used",
       {step(StagePhase::staged, 7), step(StagePhase::used, 9)},
       "job 9: /project/in: was told of its copy, 2K; staged "},
      {"changed before it started",
       {step(StagePhase::staged, 7), step(StagePhase::used, 9),
        step(StagePhase::missed, 9, "the source changed since")},
       "no copy that it could use: the source changed since; staged "},
      {"could not be staged",
       {step(StagePhase::failed, 7, "no space"), step(StagePhase::missed, 9, "never staged")},
       "never staged; could not be staged "},
      {"removed before",
       {step(StagePhase::expired, 0), step(StagePhase::missed, 9, "never staged")},
       "removed "},
      {"a staging job", {step(StagePhase::staged, 9)}, "job 9: /project/in: staged "},
      {"another's", {step(StagePhase::missed, 8)}, "job 9: asked for no copy"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const std::string text = stage_why_text(c.events, 9);
    EXPECT_NE(text.find(c.text), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), text.size() - 1);
  }
}

TEST(StageWhy, IsHarmlessWhateverAPathIs) {
  StageEvent event = step(StagePhase::missed, 9);
  event.source.assign("/x\x1b[2J\njob 10: all is well");
  const std::string text = stage_why_text({event}, 9);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
}

TEST(BelievedEvent, IsItsUsersOwnAndWithinWhatCanBe) {
  constexpr UnixSeconds kNow = 1'790'000'000;
  StageEvent said = step(StagePhase::staged, 1);
  said.uid = 0;
  said.at_s = kNow + 1'000'000;
  said.bytes = INT64_MIN;
  said.copy_ms = INT64_MAX;
  said.source.assign("/x\x1b");
  const auto event = believed_event(said, 1001, kNow);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->uid, 1001U);
  EXPECT_EQ(event->at_s, kNow);
  EXPECT_EQ(event->bytes, 0);
  EXPECT_LE(event->copy_ms, 31LL * 86'400'000);
  EXPECT_EQ(event->source.view(), "/x?");
  said.step = StagePhase::planned;
  EXPECT_FALSE(believed_event(said, 1001, kNow)) << "what the site planned is the site's to say";
}

}  // namespace foreshape

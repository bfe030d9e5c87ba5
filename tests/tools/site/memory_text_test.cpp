// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/memory_text.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

nlohmann::json with_memory(const nlohmann::json& memory) { return {{"memory", memory}}; }

TEST(MemoryText, IsSilentUntilTheLeverDidSomething) {
  EXPECT_EQ(memory_text({}), "");
  EXPECT_EQ(memory_text(with_memory({{"shaped", 0}, {"saved_gib", 0.0}, {"largest_headroom", 1.25}})), "");
}

TEST(MemoryText, SaysWhatWasSavedAndWhatItCost) {
  const std::string said = memory_text(with_memory(
      {{"shaped", 12}, {"saved_gib", 17.44}, {"resized", 3}, {"kills", 2}, {"requeues", 2}, {"returns", 4}}));
  EXPECT_EQ(
      said,
      "12 jobs submitted with less than requested, 17.4 GiB saved; 0 more would have been; 3 given another "
      "figure while they waited; 2 killed for want of it, 2 queued again, 4 got their request back");
}

TEST(MemoryText, SaysWhoseHeadroomWasRaisedAndWhoHasFallenBack) {
  const auto raised =
      memory_text(with_memory({{"kills", 3}, {"largest_headroom", 2.26}, {"fallback_users", 1}}));
  EXPECT_NE(
      raised.find(
          "; up to 2.3 times the largest peak known is given; it has fallen back to observe for 1 users"),
      std::string::npos)
      << raised;
  EXPECT_NE(memory_text(with_memory({{"fallback_for_all", true}})).find("for ALL users"), std::string::npos);
}

}  // namespace
}  // namespace foreshape

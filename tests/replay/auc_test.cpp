// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/auc.h"

#include <cmath>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(AreaUnderCurve, IsTheChanceThatAPositiveCaseHasTheHigherScore) {
  const struct {
    const char* why;
    std::vector<ScoredCase> cases;
    double want;
  } table[] = {
      {"told apart", {{.9, true}, {.1, false}, {.8, true}, {.2, false}}, 1},
      {"upside down", {{.9, false}, {.1, true}}, 0},
      {"all alike", {{.5, false}, {.5, true}, {.5, true}}, .5},
      {"one of two pairs", {{.5, true}, {.4, false}, {.6, false}}, .5},
      {"a tie is half a pair", {{.5, true}, {.4, false}, {.5, false}}, .75},
  };
  for (const auto& c : table) EXPECT_DOUBLE_EQ(area_under_curve(c.cases), c.want) << c.why;
}

TEST(AreaUnderCurve, IsNoNumberWithoutBothKinds) {
  EXPECT_TRUE(std::isnan(area_under_curve({})));
  EXPECT_TRUE(std::isnan(area_under_curve({{1, true}, {2, true}})));
}

}  // namespace
}  // namespace foreshape

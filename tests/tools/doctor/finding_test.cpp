// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/finding.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace foreshape {

TEST(ExitCodeOf, IsThatOfTheWorstFinding) {
  const Finding ok = fine("slurm", "x"), note{"slurm", Severity::note, "x", "y", "z"},
                warning{"slurm", Severity::warning, "x", "y", "z"},
                error{"slurm", Severity::error, "x", "y", "z"};
  EXPECT_EQ(exit_code_of({}), kDone);
  EXPECT_EQ(exit_code_of({ok, note}), kDone);
  EXPECT_EQ(exit_code_of({warning, note}), kWarned);
  EXPECT_EQ(exit_code_of({error, warning, ok}), kUnhealthy);
}

TEST(FindingsText, HasWhyAndCureBelowWhatIsWrong) {
  EXPECT_EQ(
      findings_text({fine("slurm", "all well"), {"store", Severity::warning, "old", "because", "do this"}}),
      "ok       slurm     all well\n"
      "warning  store     old\n"
      "              why: because\n"
      "             cure: do this\n"
      "\n0 errors, 1 warning, 0 notes, 1 ok\n");
}

TEST(FindingsBars, HasOneLineAFinding) {
  EXPECT_EQ(findings_bars({{"slurm", Severity::error, "a", "b", "c"}}),
            "severity|group|what|why|cure\nerror|slurm|a|b|c\n");
}

TEST(Findings, AreHarmlessInEveryForm) {
  const Findings hostile{{"settings", Severity::error, "a|b\n\x1b[31m\xff", "w\nx", "c\r\td"}};
  EXPECT_EQ(findings_text(hostile).find('\x1b'), std::string::npos);
  const std::string bars = findings_bars(hostile);
  EXPECT_EQ(std::ranges::count(bars, '\n'), 2);
  EXPECT_EQ(std::ranges::count(bars, '|'), 8);
  const auto json = nlohmann::json::parse(findings_json(hostile));
  EXPECT_EQ(json["exit_code"], kUnhealthy);
  EXPECT_EQ(json["findings"][0]["severity"], "error");
  EXPECT_EQ(json["findings"][0]["cure"], "c??d");
}

}  // namespace foreshape

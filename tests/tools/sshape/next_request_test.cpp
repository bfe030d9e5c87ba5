// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/next_request.h"

#include <gtest/gtest.h>
#include <sstream>

namespace foreshape {
namespace {

constexpr std::int64_t kGiB = 1LL << 30, kMiB = 1LL << 20;

/// Twenty measured jobs that requested a day and 64 GiB, and used 41 minutes and 5.1 GiB at most.
NameSummary relax() {
  NameSummary jobs;
  jobs.jobs = jobs.measured = jobs.memory_measured = 20;
  jobs.requested_limit_s = 86'400;
  jobs.requested_memory_bytes = 64 * kGiB;
  jobs.longest_run_s = 41 * 60;
  jobs.largest_memory_bytes = 51 * kGiB / 10;
  return jobs;
}

}  // namespace

TEST(NextRequest, IsAFifthMoreThanAnyUsed) {
  EXPECT_EQ(sbatch_text(next_request(relax())), "--time=00:50:00 --mem=6656M");
}

TEST(NextRequest, LeavesWhatIsNearlyRightOrHardlyKnown) {
  NameSummary tight = relax();
  tight.requested_limit_s = 3'600;
  tight.requested_memory_bytes = 8 * kGiB;
  EXPECT_EQ(sbatch_text(next_request(tight)), "");
  NameSummary few = relax();
  few.measured = 4;
  EXPECT_EQ(sbatch_text(next_request(few)), "--mem=6656M");
  few.memory_measured = 4;
  EXPECT_EQ(sbatch_text(next_request(few)), "");
  NameSummary unsaid = relax();
  unsaid.requested_limit_s = unsaid.requested_memory_bytes = std::nullopt;
  EXPECT_EQ(sbatch_text(next_request(unsaid)), "");
}

TEST(NextRequest, IsMoreWhereJobsWereCutOff) {
  NameSummary cut = relax();
  cut.requested_limit_s = cut.longest_cut_off_s = 3'600;
  cut.requested_memory_bytes = cut.largest_cut_off_memory_bytes = 6 * kGiB;
  EXPECT_EQ(sbatch_text(next_request(cut)), "--time=01:30:00 --mem=10G");
  cut.requested_limit_s = 7'200;  // the newest has asked for more already
  cut.requested_memory_bytes = 16 * kGiB;
  EXPECT_EQ(sbatch_text(next_request(cut)), "");
  cut.longest_run_s = 3'700;  // a longer one came to its end
  cut.requested_limit_s = 86'400;
  EXPECT_EQ(sbatch_text(next_request(cut)), "--time=01:15:00");
}

TEST(SbatchLines, SayWhatToRequestAndWhy) {
  NameSummary jobs = relax();
  jobs.name = "relax";
  jobs.user = "alice";
  jobs.requested_cpus = 8;
  jobs.cpus_measured = 20;
  jobs.busiest_cpus = 2.1;
  EXPECT_EQ(sbatch_lines(jobs),
            "# 20 jobs 'relax' of alice\n"
            "# used at most 00:41:00 and 5.10G a node\n"
            "# requested 1-00:00:00 and 64G a node\n"
            "#SBATCH --time=00:50:00\n"
            "#SBATCH --mem=6656M\n"
            "# of 8 CPUs requested at most 2.1 were busy: 3 are enough,\n"
            "# if the program runs with them\n");
}

TEST(SbatchLines, LeaveCpusThatAreBusyOrHardlyMeasured) {
  NameSummary jobs = relax();
  jobs.requested_cpus = 8;
  jobs.cpus_measured = 20;
  jobs.busiest_cpus = 4.1;
  EXPECT_EQ(next_request(jobs).cpus, std::nullopt);
  jobs.busiest_cpus = 4;
  EXPECT_EQ(next_request(jobs).cpus, 4);
  jobs.cpus_measured = 4;
  EXPECT_EQ(next_request(jobs).cpus, std::nullopt);
}

TEST(SbatchLines, AreNoneWhereTheRequestCanStay) {
  NameSummary jobs = relax();
  jobs.requested_limit_s = 3'600;
  jobs.requested_memory_bytes = 8 * kGiB;
  EXPECT_EQ(sbatch_lines(jobs), "");
  EXPECT_EQ(sbatch_text_of({jobs, relax(), jobs}), sbatch_lines(relax()));
}

TEST(SbatchLines, AreNotForgedByAJobsName) {
  NameSummary jobs = relax();
  jobs.name = "x'\n#SBATCH --uid=0\r\nrm -rf ~\u2028";
  const std::string lines = sbatch_lines(jobs);
  EXPECT_EQ(lines.substr(0, lines.find('\n')), "# 20 jobs 'x'?#SBATCH --uid=0??rm -rf ~?' of ");
}

TEST(SbatchLines, FitATerminalOf80ColumnsWhateverTheNamesAre) {
  NameSummary jobs = relax();
  jobs.name = jobs.user = std::string(300, 'x');
  jobs.requested_cpus = 1'000'000;
  jobs.cpus_measured = 20;
  jobs.busiest_cpus = 200'000.5;
  std::istringstream lines(sbatch_lines(jobs));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(NextRequest, IsReadBySbatch) {
  EXPECT_EQ(sbatch_text({90'000, 500 * kMiB}), "--time=1-01:00:00 --mem=500M");
}

}  // namespace foreshape

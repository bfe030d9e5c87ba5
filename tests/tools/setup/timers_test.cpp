// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/timers.h"

#include <fstream>
#include <gtest/gtest.h>

#include "tools/setup/first_settings.h"

namespace foreshape {
namespace {

SetupSite made_site() {
  SetupSite site;
  site.slurm_conf = "/etc/slurm/slurm.conf";
  site.etc = "/etc";
  site.slurm_user = {"slurm", 0, 0};
  site.programs = "/usr/bin";
  site.database = "dbname=foreshape";
  return site;
}

TEST(CronText, RunsEveryCommandAsSlurmUserWithWhatItNeeds) {
  const std::string text = cron_text(made_site(), true);
  EXPECT_NE(text.find("\nFORESHAPE_DB=\"dbname=foreshape\"\n"), text.npos);
  EXPECT_NE(
      text.find("\n*/10 * * * * slurm { /usr/bin/foreshape ingest sacct && /usr/bin/foreshape ingest journal "
                "&& /usr/bin/foreshape snapshot; } >>/var/lib/foreshape/timers.log 2>&1\n"),
      text.npos)
      << text;
  EXPECT_NE(text.find(" slurm nice -n 15 /usr/bin/foreshape retrain --full "), text.npos);
  EXPECT_EQ(cron_text(made_site(), false).find("retrain"), text.npos) << "nothing to train with";
}

TEST(CronText, LeavesItToForeshapeConfWhereFilesAre) {
  SetupSite site = made_site();
  site.slurm_conf = "/srv/slurm/slurm.conf";
  site.settings.state_dir = "/srv/state";
  const std::string text = cron_text(site, false);
  EXPECT_NE(text.find("\nSLURM_CONF=\"/srv/slurm/slurm.conf\"\n"), text.npos)
      << "beside it is foreshape.conf";
  EXPECT_EQ(text.find("FORESHAPE_STATE_DIR"), text.npos);
  EXPECT_EQ(text.find("/srv/state/journal"), text.npos);
}

TEST(IngestUnit, LeavesItToForeshapeConfWhereFilesAre) {
  std::ifstream file(FORESHAPE_SOURCE "/contrib/systemd/foreshape-ingest.service.in");
  const std::string unit{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(unit.find("/foreshape ingest journal\n"), unit.npos);
  EXPECT_NE(unit.find("/foreshape snapshot\n"), unit.npos);
  EXPECT_EQ(unit.find("/var/lib/foreshape"), unit.npos);
  EXPECT_EQ(unit.find("STATE_DIR"), unit.npos);
}

TEST(CronWord, IsOneWordForTheShellAndNoLineForCron) {
  EXPECT_EQ(cron_word("/usr/bin/x"), "/usr/bin/x");
  EXPECT_EQ(cron_word("/a b"), "'/a b'");
  EXPECT_EQ(cron_word("/a%b"), "'/a\\%b'");
  EXPECT_EQ(cron_word("it's;rm"), "'it'\\''s;rm'");
  EXPECT_EQ(cron_word(""), "''");
}

TEST(LogrotateText, ActsAsTheDirectorysOwner) {
  EXPECT_NE(logrotate_text(made_site()).find("\n  su slurm root\n"), std::string::npos);
}

TEST(FirstSettings, AreAFileThatSlurmctldTakes) {
  const auto settings = parse_settings(first_settings("/srv/fore shape"), "foreshape.conf");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->state_dir, "/srv/fore shape");
  EXPECT_EQ(settings->journal_dir, "/srv/fore shape/journal");
}

}  // namespace
}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/directory_names.h"

#include <gtest/gtest.h>

#include "predictor/journal/journal_files.h"

namespace foreshape {
namespace {

TEST(DirectoryNames, AreThoseOfOurProgramsAlone) {
  Settings settings;
  settings.snapshot_file = settings.state_dir + "/other.snap";
  settings.status_file = "/run/elsewhere.json";
  const DirectoryNames state = state_names(settings);
  for (const char* ours : {"disabled", "other.snap", "other.snap.new", "model.fsm", "model.blend",
                           "holds.json", "memory-safety.json", "journal.left", "journal.left.damaged",
                           "timers.log", "timers.log.1.gz", "timers.log-20260101", "foreshape.conf.in-force"})
    EXPECT_TRUE(state.is_ours(ours)) << ours;
  for (const char* theirs : {"", ".new", "profiles.snap", "elsewhere.json", "job_state", "node_state.old",
                             ".ssh", "timers.logs", "models"})
    EXPECT_FALSE(state.is_ours(theirs)) << theirs;
  EXPECT_TRUE(state.below.at("models")("20260101T000000.000Z-0123456789abcdef.fsm"));
  EXPECT_FALSE(state.below.at("models")("weights.pt"));
  EXPECT_TRUE(state.below.at("training")("jobs.h5"));
  EXPECT_FALSE(state.below.at("training")("other.h5"));
  EXPECT_TRUE(state.below.at("stage")(journal_file_name(7)));
  const DirectoryNames journal = journal_names();
  EXPECT_TRUE(journal.is_ours(journal_file_name(7)));
  EXPECT_TRUE(journal.is_ours("ingested"));
  for (const char* theirs : {".fsj", "a.fsj", "1.fsj.gz", "1.fs", "1", ""})
    EXPECT_FALSE(journal.is_ours(theirs)) << theirs;
}

TEST(OtherUse, IsWhatADirectoryIsAlready) {
  SetupSite site;
  site.slurm_user = {"nobody", 65534, 65534};
  site.conf.text = "StateSaveLocation=/data/state/\n";
  site.conf.included = {{"more.conf", "SlurmdSpoolDir=/data/spool\n"}};
  for (const char* used : {"/", "/etc", "/etc/x", "/var/log/", "/var/log/../log/slurm", "/data/state",
                           "/data/x/../state", "/data/spool"})
    EXPECT_NE(other_use_of(site, used), "") << used;
  for (const char* fine : {"/var/lib/foreshape", "/data/state/foreshape", "/data/foreshape"})
    EXPECT_EQ(other_use_of(site, fine), "") << fine;
}

}  // namespace
}  // namespace foreshape

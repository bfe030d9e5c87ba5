// SPDX-License-Identifier: GPL-2.0-or-later
// Files as people make them: which are read, what is said of the others, and what no job's text can do.

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

#include "predictor/history/sacct.h"
#include "predictor/history/sacct_dump.h"

namespace foreshape {
namespace {

const std::string kSecret =
    "\x1f"
    "0123456789abcdef"
    "\x1f";

/// A dump in the columns that we recommend; texts as given.
struct Row {
  std::string id = "77", user = "carol", uid = "1003";
  std::string work_dir = "/home/carol", comment = {}, submit_line = "sbatch relax.sh", name = "relax.sh";

  std::string text() const {
    return fmt::format(
        "{0}|{0}|lab|{1}|{2}|chem|main|normal|COMPLETED|1790000000|1790000005|1790000105|00:01:40|100|01:00:"
        "00|60|"
        "4|8G|cpu=4,mem=8G,node=1|4|1|cpu=4,mem=8G,node=1|||||00:00:50|||{3}|{4}|{5}|{6}\n",
        id, user, uid, work_dir, comment, submit_line, name);
  }
};

std::string step(const std::string& id) {
  return fmt::format(
      "{0}.batch|{0}.batch|lab||||||COMPLETED|1790000005|1790000005|1790000105|00:01:40|100|||4|||4|1||1|"
      "1024K|||"
      "00:00:50||||||batch\n",
      id);
}

std::string header() { return std::string("@") + "\n"; }

class SacctFile : public testing::Test {
 protected:
  SacctFile() {
    std::string name = testing::TempDir() + "foreshape_sacct_file_XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~SacctFile() override { std::filesystem::remove_all(directory_); }

  /// "@" is our header. delimiter: what becomes of the '|' between columns.
  std::vector<JobRecord> read(std::string text, const std::string& delimiter = "|") {
    if (const auto at = text.find('@'); at != text.npos) {
      std::string names{sacct_format()};
      for (char& c : names) c = c == ',' ? '|' : c;
      text.replace(at, 1, names);
    }
    for (std::size_t at = 0; delimiter != "|" && (at = text.find('|', at)) != text.npos;)
      text.replace(at, 1, delimiter);
    return read_bytes(text);
  }
  std::vector<JobRecord> read_bytes(const std::string& bytes) {
    std::ofstream(directory_ + "/dump", std::ios::binary) << bytes;
    bad_.clear();
    error_.clear();
    auto reader = SacctReader::open(directory_ + "/dump", {.utc = true},
                                    [this](const BadLine& bad) { bad_.push_back(bad); });
    std::vector<JobRecord> jobs;
    while (true) {
      auto job = reader->next();
      if (!job) error_ = job.error().message;
      if (!job || !*job) break;
      jobs.push_back(std::move(**job));
    }
    std::size_t lines = 0;
    for (const BadLine& bad : bad_) lines += bad.kept ? 0 : 1;
    EXPECT_EQ(reader->bad_lines(), lines) << "everything that is left out is counted and said";
    EXPECT_EQ(reader->bad_lines() + reader->bad_fields(), bad_.size());
    return jobs;
  }

  std::string directory_, error_;
  std::vector<BadLine> bad_;
};

std::string ids_of(const std::vector<JobRecord>& jobs) {
  std::string ids;
  for (const auto& job : jobs) ids += (ids.empty() ? "" : " ") + std::to_string(job.job_id);
  return ids;
}

constexpr const char* kXdmod26 =
    "5|5|lab|main|normal|chem|chem|9|carol|1003|2025-03-03T10:00:00|2025-03-03T10:00:00|2025-03-03T10:01:00|"
    "2025-03-03T10:02:00|00:01:00|0:0|COMPLETED|1|4|4|8G|cpu=4,mem=8G,node=1,gres/"
    "gpu=2|cpu=4,node=1|01:00:00|n1|"
    "relax\n";
constexpr const char* kXdmod25 =
    "5|5|lab|main|chem|chem|9|carol|1003|2025-03-03T10:00:00|2025-03-03T10:00:00|2025-03-03T10:01:00|"
    "2025-03-03T10:02:00|00:01:00|0:0|COMPLETED|1|4|4|8G|cpu=4,mem=8G,node=1,gres/"
    "gpu=2|cpu=4,node=1|01:00:00|n1|"
    "relax\n";
constexpr const char* kXdmod25Gres =
    "5|5|lab|main|chem|chem|9|carol|1003|2025-03-03T10:00:00|2025-03-03T10:00:00|2025-03-03T10:01:00|"
    "2025-03-03T10:02:00|00:01:00|0:0|COMPLETED|1|4|4|8Gn|gpu:2|cpu=4,mem=8G,node=1,gres/gpu=2|01:00:00|n1|"
    "relax\n";

TEST_F(SacctFile, IsReadOrNamedWithTheCure) {
  const std::string row = Row{}.text();
  const auto with = [](std::string text, const std::string& delimiter) {
    std::string names{sacct_format()};
    for (char& c : names) c = c == ',' ? '|' : c;
    text = names + "\n" + text;
    for (std::size_t at = 0; (at = text.find('|', at)) != text.npos; at += delimiter.size())
      text.replace(at, 1, delimiter);
    return text;
  };
  const std::string plain = with(row, "|");
  std::string utf16;
  for (const char c : plain) utf16 += {c, '\0'};
  const struct {
    const char* why;
    std::string bytes;
    std::size_t jobs, bad;
    const char* says;
  } cases[] = {
      {"tabs", with(row, "\t"), 1, 0, ""},
      {"commas, as in ReqTRES", with(row, ","), 0, 0, "stands within ReqTRES too; use --parsable2"},
      {"semicolons", with(row, ";"), 1, 0, ""},
      {"more than one byte", with(row, "\u00a6"), 1, 0, ""},
      {"more than one character", with(row, "||"), 1, 0, ""},
      {"carriage returns",
       plain.substr(0, plain.find('\n')) + "\r\n" + row.substr(0, row.size() - 1) + "\r\n", 1, 0, ""},
      {"a mark of UTF-8", "\xEF\xBB\xBF" + plain, 1, 0, ""},
      {"comments and empty lines", "# made in March\n\n" + plain, 1, 0, ""},
      {"errors before the header", "sacct: error: no connection\nslurm_load: failed\n" + plain, 1, 2, ""},
      {"an error between rows", plain + "sacct: error: no connection\n" + Row{.id = "78"}.text(), 2, 1, ""},
      {"two files, one after the other", plain + with(Row{.id = "78"}.text(), "|"), 2, 0, ""},
      {"rows before the header", Row{.id = "78"}.text() + plain, 1, 1, ""},
      {"XDMoD, 26 columns", kXdmod26, 1, 0, ""},
      {"XDMoD, 25 columns", kXdmod25, 1, 0, ""},
      {"XDMoD, 25 columns with ReqGRES", kXdmod25Gres, 1, 0, ""},
      {"an error before XDMoD's rows", std::string("sacct: error: x\n") + kXdmod26, 1, 1, ""},
      {"a header and nothing else", plain.substr(0, plain.find('\n') + 1), 0, 0, ""},
      {"empty", "", 0, 0, ""},
      {"empty lines", "\n\n", 0, 0, ""},
      {"no header, other columns", row, 0, 0, "no header line, and 33 fields"},
      {"UTF-16 of Windows", "\xFF\xFE" + utf16, 0, 0, "iconv -f UTF-16"},
      {"UTF-16 without a mark", utf16, 0, 0, "iconv -f UTF-16"},
      {"JSON", "{\n \"jobs\": []\n}\n", 0, 0, "JSON, which is not read; use --parsable2"},
      {"a padded table", "JobID           JobName  Partition\n------------ ---------- ----------\n", 0, 0,
       "--parsable2"},
      {"a padded table, right-aligned", "       JobID    JobName      State\n", 0, 0, "--parsable2"},
      {"a padded table without its header", "12           relax       main  COMPLETED\n", 0, 0,
       "--parsable2"},
      {"squeue", "             JOBID PARTITION     NAME     USER ST\n", 0, 0, "--parsable2"},
      {"a spreadsheet's quotes", "\"JobID\",\"UID\",\"State\"\n\"1\",\"2\",\"COMPLETED\"\n", 0, 0,
       "in quotes"},
      {"a trace", "; MaxProcs: 8\n1 0 0 30 4 -1 -1 4 60 -1 1 1 1 1 1 1 -1 -1\n", 0, 0,
       "foreshape ingest swf"},
      {"a trace without a header", "1 0 0 30 4 -1 -1 4 60 -1 1 1 1 1 1 1 -1 -1\n", 0, 0,
       "foreshape ingest swf"},
      {"zstd", "\x28\xB5\x2F\xFD----", 0, 0, "zstd -d"},
      {"xz", std::string("\xFD\x37zXZ\0--", 8), 0, 0, "xz -d"},
      {"a spreadsheet", "PK\x03\x04----", 0, 0, "save it as text"},
      {"only an error", "Slurm accounting storage is disabled\n", 0, 0,
       "Slurm accounting storage is disabled"},
      {"no user", "JobID|State|Submit\n1|COMPLETED|1790000000\n", 0, 0, "no column UID"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(read_bytes(c.bytes).size(), c.jobs) << error_;
    EXPECT_EQ(bad_.size(), c.bad);
    EXPECT_NE(error_.find(c.says), error_.npos) << error_;
    EXPECT_EQ(error_.empty(), *c.says == '\0') << error_;
  }
}

TEST_F(SacctFile, TellsXdmodsLayoutsApart) {
  for (const char* text : {kXdmod26, kXdmod25, kXdmod25Gres}) {
    SCOPED_TRACE(text);
    const auto jobs = read_bytes(text);
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].user, "carol");
    EXPECT_EQ(jobs[0].request.gpus, 2U);
    EXPECT_EQ(jobs[0].request.limit_s, 3'600);
    EXPECT_EQ(jobs[0].name, "relax");
  }
  // A delimiter in the name makes the 25 columns no 26.
  std::string piped = kXdmod25;
  piped.replace(piped.find("relax"), 5, "re|lax");
  ASSERT_EQ(read_bytes(piped).size(), 1U);
  EXPECT_EQ(read_bytes(piped)[0].name, "re|lax");
}

TEST_F(SacctFile, TellsTextsWithDelimitersAndLineFeedsApart) {
  const struct {
    const char* why;
    Row row;
    const char* work_dir;
    const char* name;
    bool is_interactive;
  } cases[] = {
      {"a pipe in what is wrapped",
       {.submit_line = "sbatch --wrap zcat x | sort", .name = "wrap"},
       "/home/carol",
       "wrap",
       false},
      {"and in what srun runs",
       {.submit_line = "srun -J q cat f | grep x", .name = "q"},
       "/home/carol",
       "q",
       true},
      {"in the directory",
       {.work_dir = "/a|b", .comment = "foreshape=00000000000000ab"},
       "/a|b",
       "relax.sh",
       false},
      {"in the comment", {.comment = R"({"a":"x|y"})"}, "/home/carol", "relax.sh", false},
      {"in the name", {.submit_line = "sbatch -J a|b x.sh", .name = "a|b"}, "/home/carol", "a|b", false},
      {"a script of lines",
       {.submit_line = "sbatch --wrap echo 1\necho 2 | cat\n\necho 3", .name = "wrap"},
       "/home/carol",
       "wrap",
       false},
      {"a name of lines",
       {.submit_line = "salloc -J x\ny|2 -n 1", .name = "x\ny|2"},
       "/home/carol",
       "x\ny|2",
       true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto jobs = read(header() + c.row.text() + Row{.id = "78"}.text());
    ASSERT_EQ(ids_of(jobs), "77 78");
    EXPECT_EQ(jobs[0].work_dir, c.work_dir);
    EXPECT_EQ(jobs[0].name, c.name);
    EXPECT_EQ(jobs[0].request.interactive, c.is_interactive);
    EXPECT_TRUE(bad_.empty());
  }
}

TEST_F(SacctFile, LeavesOutATextThatCannotBeToldAndKeepsTheJob) {
  const auto jobs = read(header() + Row{.name = "a|b"}.text() + step("77") + Row{.id = "78"}.text());
  ASSERT_EQ(ids_of(jobs), "77 78");
  EXPECT_EQ(jobs[0].name, "") << "never another name";
  EXPECT_EQ(jobs[0].usage.peak_memory_bytes, 1 << 20);
  ASSERT_EQ(bad_.size(), 1U);
  EXPECT_TRUE(bad_[0].kept);
  EXPECT_EQ(bad_[0].field, "JobName");
}

TEST_F(SacctFile, StoresNoJobThatAnothersTextMadeUp) {
  const Row evil{.id = "999", .user = "root", .uid = "0", .submit_line = "sbatch y", .name = "y"};
  std::string forged = evil.text();
  forged.pop_back();
  const std::string own_again = Row{}.text().substr(0, Row{}.text().size() - 1);
  const struct {
    const char* why;
    std::string text;
    bool is_first_kept = true;
  } cases[] = {
      {"the name, by an option",
       Row{.submit_line = "sbatch -J x\n" + forged + " a.sh", .name = "x\n" + forged}.text() + step("77")},
      {"the same of a job without steps",
       Row{.submit_line = "sbatch -J x\n" + forged + " a.sh", .name = "x\n" + forged}.text()},
      {"the name, by the environment", Row{.name = "relax.sh\n" + forged}.text() + step("77")},
      {"with its own row once more",
       Row{.name = "relax.sh\n" + forged + "\n" + own_again}.text() + step("77")},
      {"with its own row once more, no steps", Row{.name = "relax.sh\n" + forged + "\n" + own_again}.text()},
      {"a script",
       Row{.submit_line = "sbatch --wrap true\n" + forged + "\ntrue", .name = "wrap"}.text() + step("77")},
      {"the same of a job without steps",
       Row{.submit_line = "sbatch --wrap true\n" + forged + "\ntrue", .name = "wrap"}.text()},
      {"the comment", Row{.comment = "x\n" + forged}.text() + step("77")},
      {"the directory", Row{.work_dir = "/tmp/x\n" + forged + "\n"}.text() + step("77")},
      {"a step's name",
       Row{}.text() + step("77").substr(0, step("77").size() - 1) + "\n" + forged + "\n" + step("77")},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto jobs = read(header() + Row{.id = "76"}.text() + c.text +
                           Row{.id = "78", .user = "dave"}.text() + step("78"));
    EXPECT_EQ(ids_of(jobs), "76 77 78");
    EXPECT_EQ(jobs.back().user, "dave");
    EXPECT_FALSE(bad_.empty()) << "what is refused is said";
  }
}

/// A row of XDMoD's 26 columns.
std::string xdmod(int id, const std::string& name = "relax") {
  std::string row = kXdmod26;
  row.replace(0, 3, fmt::format("{0}|{0}", id));
  row.replace(row.rfind("relax"), 5, name);
  return row;
}

TEST_F(SacctFile, DailyDumpsPutTogetherLoseNoJob) {
  std::string day;
  for (int id = 70; id < 78; ++id) day += xdmod(id);
  EXPECT_EQ(ids_of(read_bytes(day + xdmod(70) + xdmod(80))), "70 71 72 73 74 75 76 77 70 80");
  EXPECT_TRUE(bad_.empty());
  std::string own = header();
  for (int id = 70; id < 78; ++id) {
    const std::string text = std::to_string(id);
    own += Row{.id = text}.text() + step(text);
  }
  EXPECT_EQ(ids_of(read(own + Row{.id = "70"}.text() + step("70"))), "70 71 72 73 74 75 76 77 70");
  EXPECT_TRUE(bad_.empty());
}

TEST_F(SacctFile, AForgedStepMakesNoEarlierJobVanish) {
  std::string day;
  for (int id = 70; id < 78; ++id) day += xdmod(id);
  EXPECT_EQ(ids_of(read_bytes(day + xdmod(79, "x\n71.0|71.0" + std::string(24, '|')) + xdmod(80))),
            "70 71 72 73 74 75 76 77 79 80");
  ASSERT_EQ(bad_.size(), 1U);
  EXPECT_NE(bad_[0].reason.find("a step among the rows of other jobs"), std::string::npos);
}

TEST_F(SacctFile, ANameIsNoHeaderAndNoOtherKindOfFile) {
  const std::string header =
      "JobID|JobIDRaw|Cluster|a|b|c|d|UID|e|f|Submit|g|h|i|Elapsed|j|State|NNodes|NCPUS|k|l|m|n|o|p|User";
  for (const std::string& name : {header, std::string("; y"), std::string("5 men"), std::string("{")}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(ids_of(read_bytes(xdmod(1) + xdmod(5, "x\n" + name) + xdmod(6))), "1 5 6") << error_;
  }
}

TEST_F(SacctFile, ATextOfMoreFieldsThanAreCutForgesNoOwner) {
  std::string fields = "sbatch";
  for (int i = 0; i < 504; ++i) fields += "|x";
  const std::string names = "JobID|SubmitLine|User|UID|Submit|State|ElapsedRaw|NCPUS\n";
  EXPECT_TRUE(read_bytes(names + "77|" + fields + "|root|0|1790000000|COMPLETED|100|4|z" +
                         "|mallory|1666|1790000000|COMPLETED|100|4\n")
                  .empty());
  ASSERT_EQ(bad_.size(), 1U);
  EXPECT_NE(bad_[0].reason.find("too many"), std::string::npos);
}

TEST_F(SacctFile, NamesOfLinesOneAfterTheOtherLoseNoJob) {
  const std::string dump = xdmod(1) + xdmod(77, "a\nb") + xdmod(78, "c\nd") + xdmod(79, "e\nf") + xdmod(80);
  const auto jobs = read_bytes(dump);
  EXPECT_EQ(ids_of(jobs), "1 77 78 79 80");
  EXPECT_EQ(jobs[2].user, "carol");
  EXPECT_EQ(jobs[2].name, "");
  EXPECT_EQ(bad_.size(), 3U);
}

TEST_F(SacctFile, ADelimiterInARequestedFeatureShiftsNoColumn) {
  const std::string names = "JobID|User|UID|Submit|State|@|ElapsedRaw|NCPUS|JobName\n";
  for (const char* column : {"Constraints", "Licenses"}) {
    std::string dump = names + "1|dave|1004|1790000000|COMPLETED|intel|amd|100|4|relax\n";
    dump.replace(dump.find('@'), 1, column);
    const auto jobs = read_bytes(dump);
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].user, "dave");
    EXPECT_EQ(jobs[0].allocated_cpus, 0U) << "unknown, never another column's";
    EXPECT_EQ(jobs[0].name, "");
  }
}

TEST_F(SacctFile, ALongTextOfManyPartsIsReadAtOnce) {
  std::string words, parts;
  for (int i = 0; i < 30'000; ++i) words += " a";
  for (int i = 0; i < 100; ++i) parts += "|sbatch b";
  // Every way to divide it was tried once, which took 14 s instead of .16: such a time is for the eye, since
  // sanitized on a busy machine the right way takes as long.
  EXPECT_EQ(read(header() +
                 Row{.submit_line = "sbatch b" + parts + words + parts.substr(0, 486), .name = "z"}.text())
                .size(),
            1U);
}

TEST_F(SacctFile, LinesOfATextThatBeginWithAnIdHideNoForgedRow) {
  const std::string evil =
      Row{.id = "999", .user = "root", .uid = "0", .submit_line = "sbatch y", .name = "y"}.text();
  std::string decoys, many;
  for (int i = 0; i < 16; ++i) decoys += "1|\n";
  for (int i = 0; i < 12; ++i)
    many +=
        Row{.id = std::to_string(900 + i), .user = "root", .uid = "0", .submit_line = "sbatch y", .name = "y"}
            .text();
  const struct {
    const char* why;
    std::string text;
  } cases[] = {
      {"decoys", decoys + evil}, {"decoys and many rows", decoys + many}, {"its own id", "77|\n" + evil}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto jobs = read(header() + Row{.id = "76"}.text() + step("76") +
                           Row{.submit_line = "sbatch --wrap x\n" + c.text, .name = "wrap"}.text() +
                           step("77") + Row{.id = "78", .user = "dave"}.text() + step("78"));
    EXPECT_EQ(ids_of(jobs), "76 77 78");
    EXPECT_FALSE(bad_.empty());
  }
}

TEST_F(SacctFile, AWrappedLineThatBeginsWithAnIdLosesNoJobBehindIt) {
  std::string dump = header() + Row{.submit_line = "sbatch --wrap a\n1|b", .name = "wrap"}.text();
  for (int id = 78; id < 90; ++id) dump += Row{.id = std::to_string(id)}.text() + step(std::to_string(id));
  EXPECT_EQ(ids_of(read(dump)), "77 78 79 80 81 82 83 84 85 86 87 88 89");
  EXPECT_TRUE(bad_.empty());
}

TEST_F(SacctFile, ATextLeftOfTheOwnerForgesNone) {
  const std::string names = "JobID|JobName|User|UID|Submit|State|ElapsedRaw|NCPUS\n";
  const auto row = [](int id, const std::string& user, const std::string& name) {
    return fmt::format("{}|{}|{}|1004|1790000000|COMPLETED|100|4\n", id, name, user);
  };
  const auto jobs =
      read_bytes(names + row(76, "dave", "a") + row(77, "mallory", "x|root|0|1790000000|COMPLETED|100|4\n") +
                 row(78, "dave", "a"));
  for (const auto& job : jobs) EXPECT_NE(job.user, "root");
  ASSERT_FALSE(jobs.empty());
  EXPECT_EQ(jobs.back().job_id, 78U);
}

TEST_F(SacctFile, ARowOfManyLinesIsBoundedAndEachLineBeyondIsCounted) {
  std::string lines;
  for (int i = 0; i < 5'000; ++i) lines += "x|y\n";
  EXPECT_EQ(ids_of(read_bytes(xdmod(1) + lines + xdmod(2))), "1 2");
  EXPECT_GE(bad_.size(), 4'000U);
}

TEST_F(SacctFile, TheLongestSubmitLineThatSlurmKeepsIsRead) {
  const auto jobs =
      read(header() + Row{.submit_line = "sbatch " + std::string(std::size_t{1} << 20U, 'x')}.text());
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs[0].name, "relax.sh");
  EXPECT_TRUE(bad_.empty());
}

TEST_F(SacctFile, TheSafeCommandReachesBackAndItsDelimiterIsSecret) {
  const std::string command = safe_sacct_command();
  EXPECT_NE(command.find(" --starttime=now-30days "), std::string::npos) << "sacct's default is today";
  EXPECT_NE(command.find(" --duplicates "), std::string::npos);
  EXPECT_TRUE(is_secret(kSecret));
}

TEST_F(SacctFile, WithASecretDelimiterLosesNothingToAnyText) {
  const std::string lines = [] {
    std::string text;
    for (int i = 0; i < 500; ++i) text += fmt::format("echo {}\n", i);
    return text;
  }();
  std::string bytes(std::size_t{3} << 20U, 'x');
  for (std::size_t at = 1'000; at < bytes.size(); at += 1'000) bytes[at] = '\n';
  const std::string row = Row{.id = "999", .user = "root", .uid = "0"}.text();
  for (const std::string& text : {lines, bytes, row, row + "\n" + row, std::string("\n\n\n")}) {
    SCOPED_TRACE(text.substr(0, 30));
    for (const bool in_name : {false, true}) {
      Row hostile;
      (in_name ? hostile.name : hostile.submit_line) = "@";
      std::string dump = header() + hostile.text() + step("77") + Row{.id = "78", .user = "dave"}.text();
      const auto at = dump.find('@', 2);
      std::string names{sacct_format()};
      for (char& c : names) c = c == ',' ? '|' : c;
      const std::string before = names + dump.substr(1, at - 1), after = dump.substr(at + 1);
      const auto secret = [](std::string part) {
        for (std::size_t i = 0; (i = part.find('|', i)) != part.npos;) part.replace(i, 1, kSecret);
        return part;
      };
      const auto jobs = read_bytes(secret(before) + text + secret(after));
      ASSERT_EQ(ids_of(jobs), "77 78");
      EXPECT_EQ(jobs[0].usage.peak_memory_bytes, 1 << 20);
      EXPECT_EQ(jobs[1].user, "dave");
      EXPECT_EQ(jobs[1].name, "relax.sh");
      EXPECT_TRUE(bad_.empty());
    }
  }
}

}  // namespace
}  // namespace foreshape

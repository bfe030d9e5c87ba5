// SPDX-License-Identifier: GPL-2.0-or-later
// Random jobs with random damage: no field but id, user and submission loses a job, no row changes another,
// and what is left out is said.

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <random>

#include "predictor/history/sacct.h"

namespace foreshape {
namespace {

const std::string kDelimiter =
    "\x1f"
    "fedcba9876543210"
    "\x1f";
constexpr std::size_t kJobs = 12;
constexpr int kRounds = 300;

/// One for each column of sacct_format().
using Fields = std::array<std::string, kSacctColumns>;

std::string& field(Fields& fields, SacctColumn column) { return fields[static_cast<std::size_t>(column)]; }

struct Job {
  Fields line;
  std::vector<Fields> steps;
};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }
  /// What a user types: anything but the delimiter, which nobody knows.
  std::string text() {
    static const std::array<std::string, 14> kPieces = {"\n",
                                                        "|",
                                                        "\n\n",
                                                        "77|77|lab|root|0|",
                                                        "\x1f",
                                                        "JobID|JobIDRaw|",
                                                        "sacct: error: no\n",
                                                        "#\n",
                                                        "\r",
                                                        "a b",
                                                        "\t",
                                                        "\xff\xfe",
                                                        std::string(200, 'x'),
                                                        "\n1.batch\x1f"};
    std::string made;
    for (std::size_t n = below(8); n > 0; --n) made += kPieces[below(kPieces.size())];
    return made;
  }

 private:
  std::mt19937_64 random_;
};

Job random_job(std::size_t number, Dice& dice) {
  const std::string id = std::to_string(100 + number);
  const std::int64_t submit_s = 1'790'000'000 + static_cast<std::int64_t>(100 * number);
  const std::int64_t run_s = 1 + static_cast<std::int64_t>(dice.below(1'000));
  Job job;
  auto set = [&job](SacctColumn column, std::string value) { field(job.line, column) = std::move(value); };
  set(SacctColumn::job_id, id);
  set(SacctColumn::job_id_raw, id);
  set(SacctColumn::cluster, "lab");
  set(SacctColumn::user, fmt::format("user{}", dice.below(3)));
  set(SacctColumn::uid, std::to_string(1'000 + dice.below(3)));
  set(SacctColumn::account, "chem");
  set(SacctColumn::partition, "main");
  set(SacctColumn::qos, "normal");
  set(SacctColumn::state, dice.below(2) == 0 ? "COMPLETED" : "FAILED");
  set(SacctColumn::submit, std::to_string(submit_s));
  set(SacctColumn::start, std::to_string(submit_s + 5));
  set(SacctColumn::end, std::to_string(submit_s + 5 + run_s));
  set(SacctColumn::elapsed_raw, std::to_string(run_s));
  set(SacctColumn::time_limit_raw, "60");
  set(SacctColumn::requested_cpus, std::to_string(1 + dice.below(8)));
  set(SacctColumn::requested_memory, "8G");
  set(SacctColumn::requested_tres, "cpu=8,mem=8G,node=1");
  set(SacctColumn::cpus, "8");
  set(SacctColumn::nodes, "1");
  set(SacctColumn::allocated_tres, "cpu=8,mem=8G,node=1");
  set(SacctColumn::work_dir, "/home/" + dice.text());
  set(SacctColumn::admin_comment, fmt::format("foreshape={:016x}", 1 + number));
  set(SacctColumn::submit_line, "sbatch " + dice.text());
  set(SacctColumn::job_name, dice.text());
  for (std::size_t step = dice.below(3); step > 0; --step) {
    Fields line = job.line;
    field(line, SacctColumn::job_id) = fmt::format("{}.{}", id, step);
    field(line, SacctColumn::job_id_raw) = field(line, SacctColumn::job_id);
    field(line, SacctColumn::tasks) = "1";
    field(line, SacctColumn::max_rss) = fmt::format("{}K", 1'000 + dice.below(9'000));
    field(line, SacctColumn::cpu_time) = "00:00:01";
    field(line, SacctColumn::job_name) = dice.text();
    job.steps.push_back(std::move(line));
  }
  return job;
}

std::string row(const Fields& fields) {
  std::string text;
  for (std::size_t i = 0; i < fields.size(); ++i) text += (i == 0 ? "" : kDelimiter) + fields[i];
  return text + kDelimiter + fields[0] + "\n";
}

/// As the command of foreshape ingest --help makes it: with the id once more behind the texts.
std::string dump(const std::vector<Job>& jobs) {
  std::string text = std::string(sacct_format()) + ",JobID";
  for (std::size_t at = 0; (at = text.find(',', at)) != text.npos;) text.replace(at, 1, kDelimiter);
  text += "\n";
  for (const Job& job : jobs) {
    text += row(job.line);
    for (const Fields& step : job.steps) text += row(step);
  }
  return text;
}

template <class T>
std::string shown(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "-";
}

/// All that is read of a job.
std::string shown(const JobRecord& job) {
  const JobRequest& r = job.request;
  const JobUsage& u = job.usage;
  return fmt::format(
      "{} {} {:x} {} {} {} {} {} '{}' '{}' {} {} {} | {} {} {:x} {:x} {} {} {} {} {} | {} {} {} {} {} {} {} "
      "{}",
      job.job_id, job.job_id_text, job.token, job.cluster, job.user, job.account, job.partition, job.qos,
      job.name, job.work_dir, job.requeues, job.allocated_nodes, job.allocated_cpus, r.submit_s, r.uid,
      r.name, r.script, shown(r.nodes), shown(r.cpus), shown(r.memory_per_node_bytes), shown(r.limit_s),
      r.interactive, u.start_s, u.end_s, u.run_s, static_cast<int>(u.state), shown(u.peak_memory_bytes),
      shown(u.cpu_efficiency), shown(u.read_bytes), shown(u.written_bytes));
}

class SacctDamage : public testing::Test {
 protected:
  SacctDamage() {
    std::string name = testing::TempDir() + "foreshape_sacct_damage_XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~SacctDamage() override { std::filesystem::remove_all(directory_); }

  std::vector<JobRecord> read(const std::vector<Job>& made) {
    std::ofstream(directory_ + "/dump", std::ios::binary) << dump(made);
    bad_.clear();
    auto reader = SacctReader::open(directory_ + "/dump", {.utc = true},
                                    [this](const BadLine& bad) { bad_.push_back(bad); });
    std::vector<JobRecord> jobs;
    while (true) {
      auto job = reader->next();
      if (!job) ADD_FAILURE() << job.error().message;
      if (!job || !*job) return jobs;
      jobs.push_back(std::move(**job));
    }
  }

  std::string directory_;
  std::vector<BadLine> bad_;
};

std::vector<Job> random_jobs(Dice& dice) {
  std::vector<Job> made;
  for (std::size_t i = 0; i < kJobs; ++i) made.push_back(random_job(i, dice));
  return made;
}

TEST_F(SacctDamage, NoTextLosesMakesOrChangesAJob) {
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    Dice dice(static_cast<std::uint64_t>(round));
    const auto jobs = read(random_jobs(dice));
    ASSERT_EQ(jobs.size(), kJobs);
    for (std::size_t i = 0; i < kJobs; ++i) {
      EXPECT_EQ(jobs[i].job_id, 100 + i);
      EXPECT_EQ(jobs[i].token, 1 + i);
    }
    ASSERT_TRUE(bad_.empty()) << bad_.front().text("dump");
  }
}

TEST_F(SacctDamage, AnUnreadableOptionalFieldIsLeftOutAndSaidAndTouchesNothingElse) {
  constexpr std::array kOptional = {
      SacctColumn::start,
      SacctColumn::end,
      SacctColumn::elapsed_raw,
      SacctColumn::time_limit_raw,
      SacctColumn::requested_cpus,
      SacctColumn::cpus,
      SacctColumn::requested_memory,
      SacctColumn::requested_tres,
      SacctColumn::nodes,
      SacctColumn::allocated_tres,
  };
  for (int round = 0; round < kRounds; ++round) {
    Dice dice(static_cast<std::uint64_t>(round));
    std::vector<Job> made = random_jobs(dice);
    const auto whole = read(made);
    const std::size_t victim = dice.below(kJobs);
    const SacctColumn column = kOptional[dice.below(kOptional.size())];
    SCOPED_TRACE(fmt::format("round {}, job {}, {}", round, 100 + victim, sacct_column_name(column)));
    field(made[victim].line, column) = "?x";
    const auto damaged = read(made);
    ASSERT_EQ(damaged.size(), kJobs);
    for (std::size_t i = 0; i < kJobs; ++i) {
      if (i == victim) continue;
      EXPECT_EQ(shown(damaged[i]), shown(whole[i]));
    }
    const JobRecord& job = damaged[victim];
    EXPECT_EQ(job.job_id, 100 + victim);
    EXPECT_EQ(job.user, whole[victim].user);
    EXPECT_EQ(job.request.submit_s, whole[victim].request.submit_s);
    EXPECT_EQ(job.usage.peak_memory_bytes, whole[victim].usage.peak_memory_bytes);
    ASSERT_EQ(bad_.size(), 1U);
    EXPECT_EQ(bad_[0].field, sacct_column_name(column));
    EXPECT_TRUE(bad_[0].kept);
  }
}

TEST_F(SacctDamage, ALineThatIsCutShortCostsItsOwnJobAtMost) {
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    Dice dice(static_cast<std::uint64_t>(round));
    std::vector<Job> made = random_jobs(dice);
    const auto whole = read(made);
    const std::size_t victim = dice.below(kJobs);
    const std::string bytes = dump(made), cut = row(made[victim].line);
    const std::size_t kept = dice.below(cut.size());
    std::string text = bytes;
    text.replace(text.find(cut), cut.size(), cut.substr(0, kept) + "\n");
    std::ofstream(directory_ + "/dump", std::ios::binary) << text;
    bad_.clear();
    auto reader = SacctReader::open(directory_ + "/dump", {.utc = true},
                                    [this](const BadLine& bad) { bad_.push_back(bad); });
    std::map<JobId, std::string> jobs;
    while (true) {
      auto job = reader->next();
      ASSERT_TRUE(job) << job.error().message;
      if (!*job) break;
      EXPECT_TRUE(jobs.emplace((*job)->job_id, shown(**job)).second);
    }
    for (std::size_t i = 0; i < kJobs; ++i) {
      if (i == victim) continue;
      EXPECT_EQ(jobs[whole[i].job_id], shown(whole[i]));
    }
    EXPECT_TRUE(jobs.count(whole[victim].job_id) == 1 || !bad_.empty());
  }
}

}  // namespace
}  // namespace foreshape

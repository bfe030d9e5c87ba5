// SPDX-License-Identifier: GPL-2.0-or-later
// The program sshape against a private PostgreSQL: known rows in, every form of output compared.

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/readme_output.h"
#include "tests/sql/pg_server.h"
#include "tests/tools/sshape/sshape_runner.h"

namespace foreshape {
namespace {

// Moments around 2026-11-20T12:00:00 UTC.
constexpr const char* kRows = R"sql(
SELECT foreshape.add_month('job', '2026-11-20');
INSERT INTO foreshape.person VALUES ('lab', 1001, 'alice', 'physics'), ('lab', 1002, 'bob', 'physics'),
 ('lab', 4242424, 'remote_rita', 'physics');
INSERT INTO foreshape.job (cluster, job_id, job_id_text, token, submit_time, start_time, end_time, state, uid, user_name,
  account, partition, qos, job_name, requested_nodes, requested_cpus, requested_memory_bytes, requested_limit_s,
  allocated_nodes, allocated_cpus, run_s, peak_memory_bytes, cpu_efficiency, read_bytes, written_bytes) VALUES
 ('lab', 11, '11', 101, '2026-11-20 12:00:00+00', '2026-11-20 12:01:00+00', '2026-11-20 12:39:21+00', 'COMPLETED', 1001,
  'alice', 'physics', 'main', 'normal', 'relax', 1, 8, 68719476736, 86400, 1, 8, 2301, 4831838208, .5, 3000000, 0),
 ('lab', 13, '12_1', 102, '2026-11-20 12:10:00+00', '2026-11-20 12:11:00+00', '2026-11-20 13:11:00+00', 'TIMEOUT', 1001,
  'alice', 'physics', 'main', 'normal', E'a|b\u001b[2J"x"', 2, 4, 1073741824, 3600, 2, 4, 3600, NULL, .9, NULL, NULL),
 ('lab', 14, '12_2', 102, '2026-11-20 12:10:00+00', NULL, '2026-11-20 12:20:00+00', 'CANCELLED', 1001,
  'alice', 'chemistry', 'main', 'normal', 'relax', 1, 1, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL),
 ('lab', 21, '21', NULL, '2026-11-20 12:30:00+00', '2026-11-20 12:30:05+00', '2026-11-20 12:31:05+00', 'FAILED', 1002,
  'bob', 'physics', 'debug', 'short', '名前-tést', 1, 1, 104857600, 600, 1, 1, 60, 52428800, 1, 10, 20),
 ('lab', 22, '22+0', NULL, '2026-11-20 12:40:00+00', '2026-11-20 12:40:05+00', NULL, 'RUNNING', 1002,
  'bob', 'physics', 'debug', 'short', 'het', 1, 1, 104857600, 600, 1, 1, NULL, NULL, NULL, NULL, NULL);
UPDATE foreshape.job SET requested_gpus = 4 WHERE job_id = 11;
INSERT INTO foreshape.prediction (cluster, token, uid, submit_time, evidence, similar_jobs, run_s, run_s_mean, run_s_q, run_s_jobs,
  memory_bytes, memory_bytes_mean, memory_bytes_q, memory_bytes_jobs, cpu_efficiency_jobs, read_bytes_jobs,
  written_bytes_jobs) VALUES
 ('lab', 101, 1001, '2026-11-20 12:00:00+00', 'user', 18, 2100, 2050,
  '{1000,1200,1400,1600,2000,2200,2300,2600,2900,2950,3000}', 20, 4294967296, 4294967296,
  '{4e9,4e9,4e9,4e9,4e9,4e9,4e9,4e9,5e9,5e9,5368709120}', 20, 0, 0, 0),
 ('lab', 102, 1001, '2026-11-20 12:10:00+00', 'account', 0, 1800, 1800, '{9,9,9,9,9,9,9,9,1800,1800,1800}', 3,
  NULL, NULL, NULL, 0, 0, 0, 0);
INSERT INTO foreshape.decision (cluster, token, uid, submit_time, run_time_mode, memory_mode, cpus_mode, io_mode, planned_run_s,
  planned_memory_bytes, may_use_pool, opted_out, decided_in_ns) VALUES
 ('lab', 101, 1001, '2026-11-20 12:00:00+00', 'observe', 'advise', 'off', 'off', 2900, 5368709120, false, false, 9000),
 ('lab', 102, 1001, '2026-11-20 12:10:00+00', 'observe', 'observe', 'off', 'off', 1800, NULL, false, false, 9000);
INSERT INTO foreshape.pre_allocation (cluster, reservation, created_at, kind, partition, user_name, nodes, deadline, dry_run,
  closed_at, hits, idle_node_s) VALUES
 ('lab', 'foreshape_alice', '2026-11-20 12:00:00+00', 'personal', 'main', 'alice', 1, '2026-11-20 12:10:00+00', false,
  '2026-11-20 12:02:00+00', 1, 120),
 ('lab', 'foreshape_bob', '2026-11-20 12:00:00+00', 'personal', 'main', 'bob', 2, '2026-11-20 12:10:00+00', false,
  '2026-11-20 12:10:00+00', 0, 1200),
 ('lab', 'foreshape_pool', '2026-11-20 12:00:00+00', 'pool', 'main', '', 4, NULL, true, NULL, 0, 0);
SELECT foreshape.add_month('job', '2026-06-10');
INSERT INTO foreshape.job (cluster, job_id, job_id_text, submit_time, start_time, end_time, state, uid, user_name, partition,
  job_name, requested_nodes, requested_cpus, requested_memory_bytes, requested_limit_s, allocated_nodes, allocated_cpus, run_s,
  peak_memory_bytes, cpu_efficiency)
SELECT 'lab', 30 + i, '30_' || i, '2026-06-10 12:00:00+00', '2026-06-10 12:00:00+00',
  timestamptz '2026-06-10 12:00:00+00' + least(i, 5) * interval '480 s', CASE WHEN i = 6 THEN 'CANCELLED' ELSE 'COMPLETED' END,
  1003, 'dave', 'main', '"b\q', 1, 16, 64::bigint << 30, 86400, 1, 16, least(i, 5) * 480,
  CASE WHEN i < 6 THEN i::bigint << 30 END, i / 32.0
FROM generate_series(1, 6) AS i;
INSERT INTO foreshape.job (cluster, job_id, job_id_text, token, submit_time, start_time, end_time, state, uid, user_name,
  partition, requested_memory_bytes, allocated_nodes, allocated_cpus, run_s, peak_memory_bytes) VALUES
 ('lab', 40, '40', 401, '2026-06-15 10:00:00+00', '2026-06-15 12:00:00+00', '2026-06-15 13:00:00+00', 'COMPLETED', 1003,
  'dave', 'main', 10::bigint << 30, 1, 8, 3600, 5::bigint << 30),
 ('lab', 41, '41', 402, '2026-06-15 10:30:00+00', '2026-06-15 12:30:00+00', '2026-06-15 13:30:00+00', 'COMPLETED', 1003,
  'dave', 'main', 10::bigint << 30, 1, 8, 3600, 1::bigint << 30),
 ('lab', 42, '42', 403, '2026-06-15 10:40:00+00', '2026-06-15 10:50:00+00', '2026-06-15 10:51:00+00', 'COMPLETED', 1003,
  'dave', 'main', 10::bigint << 30, 1, 8, 60, NULL),
 ('lab', 43, '43', 404, '2026-06-22 10:40:00+00', NULL, '2026-06-22 10:45:00+00', 'CANCELLED', 1003, 'dave', 'debug', NULL,
  NULL, NULL, NULL, NULL);
INSERT INTO foreshape.decision (cluster, token, uid, submit_time, run_time_mode, memory_mode, cpus_mode, io_mode,
  order_offset_s, may_use_pool, opted_out, decided_in_ns, order_is_dry, shaped_memory_bytes) VALUES
 ('lab', 401, 1003, '2026-06-15 10:00:00+00', 'observe', 'dry-run', 'off', 'off', 90000, false, false, 9, true, 4::bigint << 30),
 ('lab', 402, 1003, '2026-06-15 10:30:00+00', 'observe', 'advise', 'off', 'off', 60, false, false, 9, true, 4::bigint << 30),
 ('lab', 403, 1003, '2026-06-15 10:40:00+00', 'observe', 'enforce', 'off', 'off', 60, false, false, 9, false, 4::bigint << 30),
 ('lab', 404, 1003, '2026-06-22 10:40:00+00', 'observe', 'observe', 'off', 'off', 60, false, false, 9, true, NULL);
INSERT INTO foreshape.pre_allocation (cluster, reservation, created_at, kind, partition, user_name, nodes, dry_run, closed_at, hits,
  idle_node_s) VALUES
 ('lab', 'foreshape_1', '2026-06-15 12:00:00+00', 'pool', 'main', '', 1, true, '2026-06-15 12:10:00+00', 1, 3600),
 ('lab', 'foreshape_2', '2026-06-16 12:00:00+00', 'pool', 'main', '', 1, true, '2026-06-16 12:10:00+00', 0, 1800),
 ('lab', 'foreshape_3', '2026-06-16 12:00:00+00', 'pool', 'main', '', 1, false, '2026-06-16 12:10:00+00', 0, 9999);
INSERT INTO foreshape.stage_event (cluster, journal, sequence, at, uid, step, job_id, bytes, copy_ms, uses, user_number, source,
  file_system, reason) VALUES
 ('lab', 's', 1, '2026-11-17 10:00:00+00', 1001, 'planned', 5, 10::bigint << 30, 0, 0, NULL, '/in', '/', ''),
 ('lab', 's', 2, '2026-11-17 10:01:00+00', 1001, 'staged', 5, 10::bigint << 30, 62000, 0, 1, '/in', '/', ''),
 ('lab', 's', 3, '2026-11-17 10:10:00+00', 1001, 'used', 11, 10::bigint << 30, 62000, 0, 2, '/in', '', ''),
 ('lab', 's', 4, '2026-11-17 10:11:00+00', 1001, 'used', 11, 10::bigint << 30, 62000, 0, 3, '/in', '', ''),
 ('lab', 's', 5, '2026-11-17 11:00:00+00', 1001, 'used', 13, 10::bigint << 30, 62000, 0, 4, '/in', '', ''),
 ('lab', 's', 6, '2026-11-17 11:01:00+00', 1001, 'missed', 13, 0, 0, 0, 5, '/in', '', 'the source changed since'),
 ('lab', 's', 7, '2026-11-17 12:00:00+00', 1001, 'missed', NULL, 0, 0, 0, 6, '/in', '', 'in no job'),
 ('lab', 's', 8, '2026-11-18 10:00:00+00', 1001, 'expired', NULL, 10::bigint << 30, 0, 2, 7, '/in', '', ''),
 ('lab', 's', 9, '2026-11-18 10:00:00+00', 1002, 'expired', NULL, 5::bigint << 30, 0, 0, 1, '/b', '', ''),
 ('lab', 's', 10, '2026-11-24 10:00:00+00', 1002, 'failed', 6, 0, 0, 0, 2, '/b', '', 'no space');
SELECT foreshape.add_month('job', '2026-03-10');
INSERT INTO foreshape.job (cluster, job_id, job_id_text, submit_time, start_time, end_time, state, requeues, uid, user_name,
  account, partition, qos, requested_memory_bytes, allocated_nodes, allocated_cpus, run_s, peak_memory_bytes,
  allocated_memory_bytes, memory_is_shaped) VALUES
 ('lab', 50, '50', '2026-03-03 10:00+00', '2026-03-03 10:00+00', '2026-03-03 11:00+00', 'COMPLETED', 0, 1003, 'dave',
  'chem', 'main', '=long', 8::bigint << 30, 1, 8, 3600, 1::bigint << 30, 2::bigint << 30, true),
 ('lab', 51, '51', '2026-03-10 10:30+00', '2026-03-10 10:30+00', '2026-03-10 11:30+00', 'COMPLETED', 1, 1003, 'dave',
  'chem', 'main', '=long', 8::bigint << 30, 1, 8, 3600, 4::bigint << 30, 8::bigint << 30, false),
 ('lab', 52, '52', '2026-03-10 10:00+00', '2026-03-10 10:00+00', '2026-03-10 11:00+00', 'COMPLETED', 0, 1002, 'bob',
  'chem', 'main', 'short', 8::bigint << 30, 1, 8, 3600, 4::bigint << 30, NULL, false);
INSERT INTO foreshape.requeued_run (cluster, job_id, job_id_text, submit_time, start_time, end_time, state, uid, user_name,
  account, partition, qos, job_name, requested_memory_bytes, allocated_nodes, allocated_cpus, run_s, peak_memory_bytes,
  allocated_memory_bytes, memory_is_shaped, ran_out_of_memory) VALUES
 ('lab', 51, '51', '2026-03-10 10:00+00', '2026-03-10 10:00+00', '2026-03-10 10:30+00', 'REQUEUED', 1003, 'dave',
  'chem', 'main', '=long', '', 8::bigint << 30, 1, 8, 1800, 2::bigint << 30, 2::bigint << 30, true, true);
CREATE ROLE dave LOGIN IN ROLE foreshape_reader;
CREATE ROLE alice LOGIN IN ROLE foreshape_reader;
CREATE ROLE bob LOGIN IN ROLE foreshape_reader;
CREATE ROLE olga LOGIN IN ROLE foreshape_operator;
)sql";

class Sshape : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::setenv("TZ", "UTC", 1);
    ::unsetenv("SSHAPE_FORMAT");
    database_ = PgServer::instance().new_database();
    const auto filled = PgServer::instance().connect(database_).script(kRows);
    ASSERT_TRUE(filled) << filled.error().message;
  }

  static Said run(const std::string& role, std::vector<std::string> words,
                  const std::vector<std::string>& environment = {}) {
    return run_sshape(database_, role, std::move(words), environment);
  }
  /// All jobs of the day, whoever runs the test.
  static std::string day(const std::string& role, std::vector<std::string> words) {
    words.insert(words.begin(), {"-a", "-S", "2026-11-20", "-E", "2026-11-21"});
    const Said said = run(role, words);
    EXPECT_EQ(said.code, 0) << said.text;
    return said.text;
  }

  static inline std::string database_;
};

TEST_F(Sshape, PrintsATableInSacctsManner) {
  EXPECT_EQ(
      day("olga",
          {"-o", "jobid%-6,jobname%12,user%6,state,reqtime,predtime,elapsed,reqmem%6,predmem%8,maxrss"}),
      "JobID       JobName   User      State    ReqTime   PredTime    Elapsed ReqMem  PredMem     MaxRSS \n"
      "------ ------------ ------ ---------- ---------- ---------- ---------- ------ -------- ---------- \n"
      "11            relax  alice  COMPLETED 1-00:00:00   00:35:00   00:38:21    64G       4G      4.50G \n"
      "12_1     a|b?[2J\"x\"  alice    TIMEOUT   01:00:00   00:30:00   01:00:00    1Gn                     \n"
      "12_2          relax  alice  CANCELLED              00:30:00   00:00:00                            \n"
      "21          名前-tést    bob     FAILED   00:10:00              00:01:00   100M                 50M \n"
      "22+0            het    bob    RUNNING   00:10:00              00:00:00   100M                     \n");
}

TEST_F(Sshape, SeparatesFieldsByBars) {
  EXPECT_EQ(
      day("olga", {"-P", "-o",
                   "jobid,jobname,user,state,reqtime,predtime,plantime,elapsed,reqmem,predmem,planmem,maxrss,"
                   "cpueff"}),
      "JobID|JobName|User|State|ReqTime|PredTime|PlanTime|Elapsed|ReqMem|PredMem|PlanMem|MaxRSS|CPUEff\n"
      "11|relax|alice|COMPLETED|1-00:00:00|00:35:00|00:48:20|00:38:21|64G|4G|5G|4.50G|50.0%\n"
      "12_1|a?b?[2J\"x\"|alice|TIMEOUT|01:00:00|00:30:00|00:30:00|01:00:00|1Gn||||90.0%\n"
      "12_2|relax|alice|CANCELLED||00:30:00|00:30:00|00:00:00|||||\n"
      "21|名前-tést|bob|FAILED|00:10:00|||00:01:00|100M|||50M|100.0%\n"
      "22+0|het|bob|RUNNING|00:10:00|||00:00:00|100M||||\n");
  EXPECT_EQ(day("olga", {"-pn", "-o", "jobid,maxrss", "--units=M", "-s", "cd"}), "11|4608M|\n");
}

TEST_F(Sshape, SaysByNameWhatToRequestNextTime) {
  EXPECT_EQ(day("olga",
                {"-P", "names", "-o",
                 "user,jobname,jobs,reqtime,maxtime,reqmem,maxmem,timeouts,ooms,cpueff,avgwait,nextrequest"}),
            "User|JobName|Jobs|ReqTime|MaxTime|ReqMem|MaxMem|Timeouts|OOMs|CPUEff|AvgWait|NextRequest\n"
            "alice|relax|2|1-00:00:00|00:38:21|64G|4.50G|0|0|50.0%|00:01:00|\n"
            "alice|a?b?[2J\"x\"|1|01:00:00||1G||1|0|90.0%|00:01:00|'--time=01:30:00\n"
            "bob|名前-tést|1|00:10:00|00:01:00|100M|50M|0|0|100.0%|00:00:05|\n");
  const auto json = nlohmann::json::parse(day("olga", {"names", "--json", "--name", "relax"}));
  ASSERT_EQ(json["names"].size(), 1U);
  EXPECT_EQ(json["names"][0]["largest"]["run_s"], 2'301);
  EXPECT_TRUE(json["names"][0]["next_request"]["limit_s"].is_null());
}

TEST_F(Sshape, PrintsJson) {
  const auto json = nlohmann::json::parse(day("olga", {"--json"}));
  ASSERT_EQ(json["jobs"].size(), 5U);
  const auto& first = json["jobs"][0];
  EXPECT_EQ(first["user"], "alice");
  EXPECT_EQ(first["submit_time"], 1'795'176'000);
  EXPECT_EQ(first["predicted"]["run_s"]["quantiles"]["0.95"], 2'900);
  EXPECT_EQ(first["planned"]["run_s"], 2'900);
  EXPECT_EQ(first["used"]["peak_memory_bytes"], 4'831'838'208);
  EXPECT_EQ(json["jobs"][1]["name"], "a|b\x1b[2J\"x\"");
  EXPECT_TRUE(json["jobs"][3]["predicted"].is_null());
}

TEST_F(Sshape, SelectsAsSacctDoes) {
  const struct {
    const char* why;
    std::vector<std::string> words;
    const char* want;
  } cases[] = {
      {"a user by name", {"-u", "bob", "-S", "2026-11-20", "-E", "2026-11-21"}, "21\n22+0\n"},
      {"a user by uid", {"-u", "1002", "-S", "2026-11-20", "-E", "2026-11-21"}, "21\n22+0\n"},
      {"an account", {"-a", "-A", "chemistry", "-S", "2026-11-20"}, "12_2\n"},
      {"a partition and a QOS", {"-a", "-r", "debug,x", "-q", "short", "-S", "2026-11-20"}, "21\n22+0\n"},
      {"a cluster", {"-a", "-M", "other", "-S", "2026-11-20"}, ""},
      {"a name", {"-a", "--name", "relax", "-S", "2026-11-20"}, "11\n12_2\n"},
      {"an array with its tasks", {"-j", "12"}, "12_1\n12_2\n"},
      {"one task", {"-j", "12_2"}, "12_2\n"},
      {"a het job, a step's job, a raw id", {"-j", "22,11.batch,13"}, "11\n12_1\n22+0\n"},
      {"states", {"-a", "-S", "2026-11-20", "-s", "TO,F"}, "12_1\n21\n"},
      {"running at some time in the window",
       {"-a", "-S", "2026-11-20T12:30", "-E", "2026-11-20T12:35", "-s", "R"},
       "11\n12_1\n21\n"},
      {"pending at some time in the window",
       {"-a", "-S", "2026-11-20T12:10:30", "-E", "2026-11-20T12:10:40", "-s", "PD"},
       "12_1\n"},
      {"a window", {"-a", "-S", "2026-11-20T13:00", "-E", "2026-11-20T14:00"}, "12_1\n22+0\n"},
      {"an injection is a name", {"-a", "-S", "2026-11-20", "--name", "x') OR 1=1; --"}, ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    auto words = c.words;
    words.insert(words.end(), {"-n", "-P", "-o", "jobid"});
    EXPECT_EQ(run("olga", words).text, c.want);
  }
}

TEST_F(Sshape, ShowsAUserNothingOfOthers) {
  const std::string note =
      "sshape: note: as alice you see your own jobs only; all are shown to members of foreshape_operator\n";
  EXPECT_EQ(day("alice", {"-nPo", "jobid"}), note + "11\n12_1\n12_2\n");
  // Without an account on this machine she is as good as nobody to alice, though the store knows her.
  EXPECT_EQ(run("alice", {"-u", "remote_rita", "-n"}).text,
            note +
                "sshape: error: no user 'remote_rita' on this machine, and no job of theirs in the store "
                "that you may see\n");
  EXPECT_EQ(run("alice", {"-u", "alice", "-S", "2026-11-20", "-nPo", "jobid"}).text, "11\n12_1\n12_2\n");
  EXPECT_EQ(run("alice", {"-j", "21", "-n"}).text, "");
  EXPECT_EQ(day("alice", {"summary", "-nPo", "user,jobs"}), note + "alice|3\n");
  EXPECT_EQ(
      day("bob", {"holds", "-nPo", "reservation"}),
      "sshape: note: as bob you see your own jobs only; all are shown to members of foreshape_operator\n"
      "foreshape_bob\nforeshape_pool\n");
  const Said why = run("alice", {"why", "21"});
  EXPECT_EQ(why.code, 1);
  EXPECT_EQ(why.text, "sshape: error: why: no such job, or not one that you may see\n");
}

TEST_F(Sshape, KnowsUsersByAccountOrByTheirJobsAndNamesTheOthers) {
  const std::string nobody =
      "sshape: error: no user '{}' on this machine, and no job of theirs in the store "
      "that you may see\n";
  const struct {
    const char* why;
    std::vector<std::string> words;
    int code;
    std::string want;
  } cases[] = {
      {"no account here, and no job that day", {"-u", "remote_rita", "-S", "2026-11-20"}, 0, ""},
      {"the same by uid", {"-u", "4242424", "-S", "2026-11-20"}, 0, ""},
      {"an account, and no job ever", {"-u", "daemon", "-S", "2026-11-20"}, 0, ""},
      {"neither", {"-u", "nosuchuser"}, 1, fmt::format(fmt::runtime(nobody), "nosuchuser")},
      {"neither, by uid", {"-u", "987654321"}, 1, fmt::format(fmt::runtime(nobody), "987654321")},
      {"a mistyped one among others",
       {"-u", "bob,alcie", "-S", "2026-11-20"},
       1,
       "21\n22+0\n" + fmt::format(fmt::runtime(nobody), "alcie")},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    auto words = c.words;
    words.insert(words.end(), {"-n", "-P", "-o", "jobid"});
    const Said said = run("olga", words);
    EXPECT_EQ(said.code, c.code);
    EXPECT_EQ(said.text, c.want);
  }
  EXPECT_EQ(run("olga", {"summary", "-u", "nosuchuser"}).code, 1);
  EXPECT_EQ(run("olga", {"holds", "-u", "nosuchuser"}).code, 1);
}

TEST_F(Sshape, SummarisesHowRightThePredictionsWere) {
  // Of alice's: one measured (fit 2100/2301, within 80 % but not 50 %), one cut off beyond its plan, one
  // never ran.
  EXPECT_EQ(day("olga", {"summary", "-P", "-o",
                         "user,jobs,predicted,timefit,timesmall,timeplans,timein50,timein80,timein95,memfit,"
                         "memsmall,memin95,memin99,cpuhreq,cpuhused,gibhreq,gibhused"}),
            "User|Jobs|Predicted|TimeFit|TimeSmall|TimePlans|TimeIn50|TimeIn80|TimeIn95|MemFit|MemSmall|"
            "MemIn95|MemIn99|CPUhReq|"
            "CPUhUsed|GiBhReq|GiBhUsed\n"
            "alice|3|3|91.3%|50.0%|2|0.0%|0.0%|100.0%|88.9%|0.0%|100.0%|100.0%|196.0|9.1|40.9|2.9\n"
            "bob|1|0|||0||||||||0.2|0.0|0.0|0.0\n"
            "(all)|4|3|91.3%|50.0%|2|0.0%|0.0%|100.0%|88.9%|0.0%|100.0%|100.0%|196.2|9.1|40.9|2.9\n");
  const auto json = nlohmann::json::parse(day("olga", {"summary", "--json"}));
  EXPECT_EQ(json["summary"][0]["run_time"]["too_small"], 1);
}

TEST_F(Sshape, SummarisesByNameArrayAndAccount) {
  const std::string fields = "jobs,failed,maxtime,maxmem,cpueff,avgwait,gpuhreq";
  EXPECT_EQ(day("olga", {"summary", "--by=name", "-P", "-n", "-o", "user,jobname," + fields}),
            "alice|a?b?[2J\"x\"|1|1|01:00:00||90.0%|00:01:00|0.0\n"
            "alice|relax|2|0|00:38:21|4.50G|50.0%|00:01:00|2.6\n"
            "bob|名前-tést|1|1|00:01:00|50M|100.0%|00:00:05|0.0\n"
            "(all)||4|2|01:00:00|4.50G|67.6%|00:00:42|2.6\n");
  EXPECT_EQ(day("olga", {"summary", "--by=array", "-P", "-n", "-o", "array,cluster,user,jobname," + fields}),
            "12|lab|alice|a?b?[2J\"x\"|1|1|01:00:00||90.0%|00:01:00|0.0\n"
            "12|lab|alice|relax|1|0|00:00:00||||0.0\n"
            "(all)||||2|1|01:00:00||90.0%|00:01:00|0.0\n");
  EXPECT_EQ(day("olga", {"summary", "--by=account", "-P", "-n", "-o", "account,user,jobs"}),
            "chemistry||1\nphysics||3\n(all)||4\n");
  const auto json =
      nlohmann::json::parse(run("dave", {"summary", "--by=array", "-S", "2026-06-01", "--json"}).text);
  ASSERT_EQ(json["summary"].size(), 1U);
  EXPECT_EQ(json["summary"][0]["array"], "30");
  EXPECT_EQ(json["summary"][0]["jobs"], 6);
  EXPECT_EQ(json["summary"][0]["longest_run_s"], 2'400);
  EXPECT_EQ(run("dave", {"summary", "--by=account", "-S", "2026-11-01", "-nPo", "jobs"}).text.find("4"),
            std::string::npos)
      << "nothing of others";
}

TEST_F(Sshape, ListsHolds) {
  EXPECT_EQ(day("olga", {"holds", "-P", "-o", "reservation,kind,user,nodes,created,outcome,hits,idlenodeh"}),
            "Reservation|Kind|User|Nodes|Created|Outcome|Hits|IdleNodeH\n"
            "foreshape_alice|personal|alice|1|2026-11-20T12:00:00|hit|1|0.03\n"
            "foreshape_bob|personal|bob|2|2026-11-20T12:00:00|miss|0|0.33\n"
            "foreshape_pool|pool||4|2026-11-20T12:00:00|dry-run|0|0.00\n");
}

TEST_F(Sshape, SaysWhatCameOfStagingByUserAndWeek) {
  const auto stage = [](const std::string& role, std::vector<std::string> words) {
    words.insert(words.begin(), {"stage", "-a", "-S", "2026-11-16", "-E", "2026-11-30"});
    const Said said = run(role, words);
    EXPECT_EQ(said.code, 0) << said.text;
    return said.text;
  };
  EXPECT_EQ(
      stage("olga",
            {"-P", "-o",
             "week,user,hit,miss,hitrate,planned,copies,failed,staged,expired,unused,unusedrate,readsaved"}),
      "Week|User|Hit|Miss|HitRate|Planned|Copies|Failed|Staged|Expired|Unused|UnusedRate|ReadSaved\n"
      "2026-11-16|alice|1|1|50.0%|1|1|0|10G|10G|0|0.0%|00:01:02\n"
      "2026-11-16|bob|0|0||0|0|0|0|5G|5G|100.0%|00:00:00\n"
      "2026-11-23|bob|0|0||0|0|1|0|0|0||00:00:00\n");
  EXPECT_EQ(stage("olga", {"-u", "alice", "-nPo", "user,hit"}), "alice|1\n");
  EXPECT_EQ(stage("alice", {"-nPo", "user"}).find("bob"), std::string::npos) << "nothing of others";
  const auto json = nlohmann::json::parse(stage("olga", {"--json"}));
  EXPECT_EQ(json["weeks"][0]["read_saved_s"], 62);
  const std::string table = stage("olga", {});
  EXPECT_LE(table.find('\n'), 80U) << table;
  EXPECT_EQ(run("olga", {"stage", "-r", "debug"}).code, 2);
}

TEST_F(Sshape, ExplainsAJobInOneLine) {
  EXPECT_EQ(
      run("alice", {"why", "11"}).text,
      "11 'relax' of alice: requested 1-00:00:00 and 64G; predicted 00:35:00 (95%: 00:48:20) and 4G (99%: "
      "5G) from 20 of the "
      "user's own jobs, 18 of them alike; planned 00:48:20 (observe) and 5G (advise); used 00:38:21 "
      "and 4.50G, COMPLETED\n");
  EXPECT_EQ(run("olga", {"why", "12_1"}).text.find('\x1b'), std::string::npos);
}

TEST_F(Sshape, PrintsWhatTheReadmeShows) {
  for (const char* name : {"sshape", "sshape why"}) {
    SCOPED_TRACE(name);
    const auto shown = test::readme_output(FORESHAPE_SOURCE, name);
    ASSERT_GT(shown.words.size(), 1U);
    ASSERT_EQ(shown.words.front(), "sshape");
    const std::string printed =
        run("olga", std::vector<std::string>(shown.words.begin() + 1, shown.words.end())).text;
    if (shown.words[1] == "why")
      EXPECT_EQ(test::on_one_line(printed), test::on_one_line(shown.text));
    else
      EXPECT_EQ(test::without_trailing_spaces(printed), shown.text);
  }
}

TEST_F(Sshape, SaysWithAJobWhatToWriteIntoItsScript) {
  const std::string lines =
      "# 6 jobs '\"b\\q' of dave\n"
      "# used at most 00:40:00 and 5G a node\n"
      "# requested 1-00:00:00 and 64G a node\n"
      "#SBATCH --time=00:50:00\n"
      "#SBATCH --mem=6G\n"
      "# of 16 CPUs requested at most 2.5 were busy: 3 are enough,\n"
      "# if the program runs with them\n";
  const std::string why = run("dave", {"why", "30"}).text;
  EXPECT_EQ(why.substr(why.find("# ")), lines) << why;
  EXPECT_EQ(run("olga", {"names", "--sbatch", "-a", "-S", "2026-06-01", "-E", "2026-06-30"}).text, lines);
  const auto json = nlohmann::json::parse(run("olga", {"why", "30", "--json"}).text);
  EXPECT_EQ(json["jobs"].size(), 6U);
  ASSERT_EQ(json["names"].size(), 1U) << "one for each name, however many tasks";
  EXPECT_EQ(json["names"][0]["next_request"]["lines"], lines);
  EXPECT_EQ(json["names"][0]["next_request"]["cpus"], 3);
  EXPECT_EQ(run("bob", {"why", "30"}).code, 1) << "nothing of others";
}

TEST_F(Sshape, ShowsAJobByItsNumberWithWhatToRequestNext) {
  const std::string card = run("alice", {"11"}).text;
  EXPECT_EQ(
      card.rfind("Job 11 'relax' of alice, COMPLETED\nAccount physics, partition main, QOS normal\n", 0), 0U)
      << card;
  EXPECT_NE(card.find("Memory                64G          4G          5G       4.50G        7.0%\n"),
            card.npos)
      << card;
  EXPECT_NE(card.find("GPUs                    4                        not measured\n"), card.npos) << card;
  EXPECT_NE(card.find("Next time: 1 measured jobs 'relax' are too few to say; 5 are enough.\n"), card.npos);
  EXPECT_NE(run("dave", {"30_1"}).text.find("Next time:\n# 6 jobs"), std::string::npos);
  EXPECT_EQ(run("dave", {"30_1", "-nPo", "jobid,timeeff,nextrequest"}).text,
            "30_1|0.6%|'--time=00:50:00 --mem=6G\n");
  const auto json = nlohmann::json::parse(run("dave", {"30_1", "--json"}).text);
  ASSERT_EQ(json["jobs"].size(), 1U);
  EXPECT_EQ(json["jobs"][0]["requested"]["gpus"], nullptr);
  EXPECT_EQ(json["names"][0]["next_request"]["sbatch"], "--time=00:50:00 --mem=6G");
}

TEST_F(Sshape, ShowsAnArrayByItsNumberAsALineForEachTask) {
  const std::string table = run("dave", {"30"}).text;
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 2 + 6 + 9) << table;
  EXPECT_NE(table.find("\n\nNext time:\n# 6 jobs"), table.npos) << table;
  const auto json = nlohmann::json::parse(run("dave", {"30", "--json"}).text);
  EXPECT_EQ(json["jobs"].size(), 6U);
  EXPECT_EQ(json["names"].size(), 1U);
}

TEST_F(Sshape, SaysWhatToDoAboutAJobThatIsUnknownOrHasNotEnded) {
  for (const std::string id : {"4711", "21"}) {
    const Said unknown = run("alice", {id});
    EXPECT_EQ(unknown.code, 1);
    EXPECT_EQ(
        unknown.text,
        fmt::format("sshape: error: no job {0} in the store that you may see: one is known once foreshape "
                    "ingest has read it from accounting; sacct -j {0} says whether Slurm knows it\n",
                    id));
  }
  const Said running = run("bob", {"22"});
  EXPECT_EQ(running.code, 0);
  EXPECT_NE(running.text.find("Until then: sstat -j 22+0\n"), std::string::npos) << running.text;
}

TEST_F(Sshape, FitsATerminalOf80ColumnsInEveryViewByDefault) {
  for (const std::vector<std::string>& view : std::vector<std::vector<std::string>>{{"jobs"},
                                                                                    {"11"},
                                                                                    {"12"},
                                                                                    {"30"},
                                                                                    {"summary"},
                                                                                    {"names"},
                                                                                    {"names", "--sbatch"},
                                                                                    {"holds"},
                                                                                    {"savings"},
                                                                                    {"shadow"},
                                                                                    {"stage"},
                                                                                    {"--helpformat"}}) {
    SCOPED_TRACE(view.front());
    std::vector<std::string> words = view;
    if (view.front() != "shadow") words.push_back("-a");
    words.insert(words.end(), {"-S", "2026-03-01", "-E", "2026-11-30"});
    const Said said = run("olga", words);
    EXPECT_EQ(said.code, 0) << said.text;
    std::istringstream lines(said.text);
    for (std::string line; std::getline(lines, line);)
      if (!line.starts_with("sshape: note")) {
        const auto characters =
            std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
        EXPECT_LE(characters, 80) << line;
      }
  }
}

TEST_F(Sshape, SaysWhatWouldHaveComeOfDryRuns) {
  const std::vector<std::string> window = {"shadow", "-S", "2026-06-15", "-E", "2026-06-23"};
  const auto shadow = [&](const std::string& role, std::vector<std::string> words) {
    words.insert(words.begin(), window.begin(), window.end());
    return run(role, words);
  };
  EXPECT_EQ(shadow("olga", {"-P"}).text,
            "Week|OrderJobs|Waited|Moved|Ahead|AheadOf|AheadWait|Passed|PassedBy|PassedWait|MemJobs|MemEnded|"
            "MemMeasured|"
            "GiBhReq|GiBhBack|Kills|CPUhAgain|Holds|HoldsHit|HoldsUnused|IdleNodeH\n"
            "2026-06-15|2|2|2|1|1.0|02:00:00|1|1.0|02:00:00|2|2|2|20.0|6.0|1|8.0|2|1|1|1.5\n"
            "2026-06-22|1|1|0|0|||0|||0|0|0|0.0|0.0|0|0.0|0|0|0|0.0\n");
  const auto json = nlohmann::json::parse(shadow("olga", {"--json"}).text);
  EXPECT_EQ(json["weeks"].size(), 2U);
  EXPECT_EQ(json["weeks"][0]["memory"]["killed"], 1);
  EXPECT_NE(shadow("olga", {}).text.find("Week of 2026-06-22\n  Order   1 jobs"), std::string::npos);
  EXPECT_EQ(shadow("olga", {"-r", "debug", "-nPo", "week,orderjobs,holds"}).text,
            "2026-06-15|0|0\n2026-06-22|1|0\n");
  EXPECT_EQ(shadow("olga", {"-u", "dave"}).code, 2);
  const Said refused = shadow("dave", {});
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.text.find("members of foreshape_operator may see them"), std::string::npos)
      << refused.text;
}

TEST_F(Sshape, SaysWhatShapingGaveBackAndWhatItCost) {
  const auto savings = [&](const std::string& role, std::vector<std::string> words) {
    words.insert(words.begin(), {"savings", "-S", "2026-03-02", "-E", "2026-03-16"});
    return run(role, words).text;
  };
  const std::string note =
      "sshape: note: runs that are in no figure: 1; the store has no allocated memory of them, as of all "
      "that an older "
      "Foreshape stored (foreshape ingest sacct --starttime TIME reads them again)\n";
  const std::string heading = "|Shaped|GiBhReq|GiBhAlloc|GiBhBack|Kills|GiBhLost|CPUhLost|GiBhLeft\n";
  EXPECT_EQ(savings("olga", {"-aP"}), note + "Week" + heading +
                                          "2026-03-02|1|8.0|2.0|6.0|0|0.0|0.0|1.0\n"
                                          "2026-03-09|0|8.0|8.0|0.0|1|1.0|4.0|4.0\n"
                                          "(all)|1|16.0|10.0|6.0|1|1.0|4.0|5.0\n");
  EXPECT_EQ(savings("olga", {"-aP", "--by=user", "-q", "=long"}),
            "User" + heading + "dave|1|16.0|10.0|6.0|1|1.0|4.0|5.0\n");
  EXPECT_EQ(savings("olga", {"-anPo", "qos,jobs,unknown,back,reruns", "--by=qos"}),
            note + "'=long|2|0|37.5%|1\nshort|1|1||0\n(all)|3|1|37.5%|1\n");
  EXPECT_EQ(savings("dave", {"-u", "dave", "-nP"}).find("note"), std::string::npos)
      << "nothing of others, not even a count";
  const auto json = nlohmann::json::parse(savings("olga", {"-a", "--json"}));
  ASSERT_EQ(json["savings"].size(), 3U);
  EXPECT_EQ(json["savings"][0]["week_begins"], 1'772'409'600);
  EXPECT_EQ(json["savings"][1]["core_hours_lost"], 4.0);
  EXPECT_EQ(json["savings"][2]["unknown_runs"], 1);
}

TEST_F(Sshape, PrintsSavingsNoWiderThanATerminal) {
  const std::string table =
      run("olga", {"savings", "-a", "-S", "2026-03-02", "-E", "2026-03-16", "--by=user"}).text;
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("sshape:")) {
      EXPECT_LE(line.size(), 79U) << table;
    }
  const std::string gauges = run("olga", {"prometheus", "-a", "-S", "2026-03-02", "-E", "2026-03-16"}).text;
  EXPECT_NE(gauges.find("foreshape_savings_gib_hours_given_back{user=\"dave\"} 6\n"), gauges.npos) << gauges;
  EXPECT_NE(gauges.find("foreshape_savings_unknown_runs{user=\"bob\"} 1\n"), gauges.npos) << gauges;
}

TEST_F(Sshape, MakesAPageOfWhatTheViewerMaySeeOnly) {
  const auto page = [&](const std::string& role) {
    return run(role, {"html", "-a", "-S", "2026-03-02", "-E", "2026-03-16"}).text;
  };
  const std::string of_all = page("olga"), of_dave = page("dave");
  EXPECT_NE(of_all.find("<bdi>all users</bdi>"), of_all.npos);
  EXPECT_NE(of_all.find("<bdi>bob</bdi>"), of_all.npos);
  EXPECT_NE(of_dave.find("Jobs of <bdi>dave</bdi>"), of_dave.npos) << of_dave;
  EXPECT_EQ(of_dave.find("bob"), of_dave.npos);
  EXPECT_NE(of_dave.find("<b>2</b><span>jobs ended"), of_dave.npos);
  const Said unwritable = run("olga", {"html", "-o", "/nonexistent/page.html"});
  EXPECT_EQ(unwritable.code, 1);
  EXPECT_NE(unwritable.text.find("/nonexistent"), unwritable.text.npos) << unwritable.text;
}

/// What a terminal gets.
std::string on_a_terminal(const std::string& database, const std::vector<std::string>& words,
                          const std::vector<std::string>& environment) {
  const std::string output = testing::TempDir() + fmt::format("sshape_{}.terminal", ::getpid());
  const std::string conninfo = PgServer::instance().conninfo(database, "olga");
  const std::string command =
      fmt::format("{} {} --db '{}'", FORESHAPE_SSHAPE, fmt::join(words, " "), conninfo);
  EXPECT_EQ(run_program({"/usr/bin/script", "-qec", command, "/dev/null"}, false, output, environment), 0);
  std::ostringstream text;
  text << std::ifstream(output).rdbuf();
  std::remove(output.c_str());
  return text.str();
}

TEST_F(Sshape, ColoursStatesOnATerminalOnly) {
  const std::vector<std::string> words = {"-a", "-S", "2026-11-20", "-E", "2026-11-21", "-o", "jobid,state"};
  const std::string green = "\x1b[32m COMPLETED\x1b[0m", red = "\x1b[31m   TIMEOUT\x1b[0m";
  const std::string shown = on_a_terminal(database_, words, {"TERM=xterm"});
  EXPECT_NE(shown.find(green), shown.npos) << shown;
  EXPECT_NE(shown.find(red), shown.npos) << shown;
  const std::string card = on_a_terminal(database_, {"11"}, {"TERM=xterm"});
  EXPECT_NE(card.find("of alice, \x1b[32mCOMPLETED\x1b[0m"), card.npos) << card;
  EXPECT_EQ(on_a_terminal(database_, words, {"TERM=xterm", "NO_COLOR=1"}).find('\x1b'), std::string::npos);
  EXPECT_EQ(on_a_terminal(database_, words, {"TERM=dumb"}).find('\x1b'), std::string::npos);
  EXPECT_EQ(day("olga", {"-o", "jobid,state"}).find('\x1b'), std::string::npos) << "a file";
  EXPECT_NE(day("olga", {"-o", "jobid,state", "--color=always"}).find(red), std::string::npos);
  for (const char* format : {"-p", "-P", "--json"})
    EXPECT_EQ(day("olga", {format, "--color=always"}).find('\x1b'), std::string::npos) << format;
}

TEST_F(Sshape, SaysWhatFailed) {
  const Said refused = run("nobody_at_all", {});
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.text.rfind("sshape: error: ", 0), 0U) << refused.text;
  EXPECT_EQ(std::count(refused.text.begin(), refused.text.end(), '\n'), 1);
  EXPECT_EQ(run("olga", {"-o", "nosuchfield"}).code, 2);
}

}  // namespace
}  // namespace foreshape

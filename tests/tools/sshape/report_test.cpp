// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tools/sshape/sample_job.h"
#include "tools/sshape/job_fields.h"
#include "tools/sshape/prometheus.h"
#include "tools/sshape/report_json.h"
#include "tools/sshape/summary_fields.h"
#include "tools/sshape/why.h"

namespace foreshape {
namespace {

std::string line(const ReportedJob& job, std::string_view format, std::optional<Unit> unit = std::nullopt) {
  const auto columns = parse_format(format, job_field_names()).value();
  return row_text(columns, job_texts(columns, job, unit), {Separation::bars_between, "|", false});
}

TEST(JobFields, SayWhatWasRequestedPredictedPlannedAndUsed) {
  const ReportedJob job = sample_job();
  EXPECT_EQ(line(job, "jobid,jobidraw,jobname,user,account,partition,qos,cluster,state,st"),
            "4710_1|4711|relax|alice|physics|main|normal|lab|COMPLETED|CD\n");
  EXPECT_EQ(line(job, "reqtime,predtime,predtime50,predtime95,plantime,elapsed,elapsedraw,timefit"),
            "1-00:00:00|00:35:00|00:33:20|00:48:20|00:48:20|00:38:21|2301|91.3%\n");
  EXPECT_EQ(line(job, "reqmem,predmem,predmem99,planmem,maxrss,memfit"), "64G|4G|5G|5G|4.50G|88.9%\n");
  EXPECT_EQ(line(job, "reqmem,maxrss", Unit::mega), "65536M|4608M\n");
  EXPECT_EQ(line(job, "timeeff,memeff,reqgpus"), "2.7%|7.0%|2\n");
  EXPECT_EQ(line(job, "cpueff,diskread,diskwrite,wait,evidence,jobs,timemode,memmode"),
            "75.5%|118M|0|00:01:00|user|20|observe|advise\n");
}

TEST(JobFields, AreEmptyWhereNothingIsKnown) {
  ReportedJob job;
  job.state = "PENDING";
  EXPECT_EQ(line(job, "jobid,reqtime,predtime,predtime95,plantime,elapsed,timefit"), "|||||00:00:00|\n");
  EXPECT_EQ(line(job, "reqmem,predmem,planmem,maxrss,memfit,cpueff,diskread,jobs,start,end,wait"),
            "||||||||Unknown|Unknown|\n");
}

TEST(JobFields, SayThatMemoryOfSeveralNodesIsPerNode) {
  ReportedJob job = sample_job();
  job.requested_nodes = 4;
  EXPECT_EQ(line(job, "reqmem"), "64Gn\n");
}

TEST(JobFields, FitATerminalOf80Columns) {
  const auto columns = parse_format(kDefaultJobFormat, job_field_names()).value();
  EXPECT_EQ(row_text(columns, job_texts(columns, sample_job(), std::nullopt), {}),
            "4710_1         relax  CD 1-00:00:00 00:35:00   00:38:21    64G      4G    4.50G \n");
}

UserSummary busy_user(const std::string& name) {
  UserSummary user;
  user.user = name;
  user.jobs = 12;
  user.predicted = 10;
  user.run_time = {8, 6.0, 8, 1, {4, 6, 7, 8}};
  user.core_hours_requested = 96;
  user.core_hours_used = 24.5;
  return user;
}

TEST(Prometheus, HasAGaugeForEachFigureAndNoneForAMeanOfNothing) {
  ReportedHold hold;
  hold.kind = "pool";
  hold.hits = 3;
  hold.idle_node_s = 40;
  const std::vector users = {busy_user("(all)")};
  const std::vector holds = {hold, hold};
  const std::string text = prometheus_text(users, false, holds, {100, 200});
  for (const char* line :
       {"# TYPE foreshape_jobs gauge\nforeshape_jobs 12\n", "foreshape_window_end_seconds 200\n",
        "foreshape_prediction_accuracy_ratio{resource=\"run_time\"} 0.75\n",
        "foreshape_within_quantile_ratio{resource=\"run_time\",level=\"0.95\"} 0.875\n",
        "foreshape_plans_too_small{resource=\"run_time\"} 1\n", "foreshape_core_hours_used 24.5\n",
        "foreshape_holds{kind=\"pool\",dry_run=\"no\"} 2\n",
        "foreshape_hold_idle_node_seconds{kind=\"pool\",dry_run=\"no\"} 80\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  EXPECT_EQ(text.find("accuracy_ratio{resource=\"memory\"}"), std::string::npos) << "none was measured";
  EXPECT_EQ(text.find("nan"), std::string::npos);
}

TEST(Prometheus, LetsNoUserNameForgeASeries) {
  const std::vector users = {busy_user("eve\"} 1\nforeshape_jobs{user=\"root"), busy_user("back\\slash")};
  const std::string text = prometheus_text(users, true, {}, {});
  EXPECT_EQ(text.find("{user=\"root\""), std::string::npos) << text;
  EXPECT_NE(text.find("foreshape_jobs{user=\"back\\\\slash\"} 12\n"), std::string::npos) << text;
  // Each line is a comment or one series.
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    EXPECT_TRUE(line.starts_with("# ") || line.starts_with("foreshape_")) << line;
    at = end + 1;
  }
  EXPECT_GT(lines, 30U);
}

TEST(JobFields, AreAllInTheLongFormatThatItNames) {
  EXPECT_TRUE(parse_format(kLongJobFormat, job_field_names()));
}

TEST(Fit, IsTheSmallerOverTheLarger) {
  EXPECT_DOUBLE_EQ(*fit(50, 100), .5);
  EXPECT_DOUBLE_EQ(*fit(200, 100), .5);
  EXPECT_EQ(fit(50, 0), std::nullopt);
  EXPECT_EQ(fit(std::nullopt, 5), std::nullopt);
}

TEST(Json, HasEveryFigureAsANumber) {
  const auto json = to_json(sample_job());
  EXPECT_EQ(json["job_id"], 4711);
  EXPECT_EQ(json["requested"]["limit_s"], 86'400);
  EXPECT_EQ(json["predicted"]["run_s"]["quantiles"]["0.95"], 2'900.F);
  EXPECT_EQ(json["planned"]["memory_per_node_bytes"], 5LL << 30);
  EXPECT_EQ(json["used"]["run_s"], 2'301);
  EXPECT_EQ(json["requested"]["gpus"], 2);
  EXPECT_EQ(json["wait_s"], 60);
  EXPECT_DOUBLE_EQ(json["efficiency"]["memory"], 4.5 / 64);
  EXPECT_TRUE(to_json(ReportedJob{})["predicted"].is_null());
  EXPECT_TRUE(to_json(ReportedJob{})["start_time"].is_null());
}

TEST(Json, IsValidWhateverAUserWrote) {
  ReportedJob job = sample_job();
  job.name = "\x1b[31m\"\\\n\xff\xfe";
  const auto read = nlohmann::json::parse(dumped(to_json(job)));
  EXPECT_EQ(read["name"], "\x1b[31m\"\\\n\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(dumped(to_json(job)).find('\x1b'), std::string::npos);
}

TEST(Json, EscapesWhatATerminalWouldObeyAndNothingElse) {
  ReportedJob job = sample_job();
  job.name = "\x7f|\xc2\x9b|\xe2\x80\xae|\xef\xbb\xbf|\xc3\xa9|\xe5\x90\x8d|\xf0\x9f\x92\xa3";
  const std::string text = dumped(to_json(job));
  EXPECT_NE(text.find("\"\\u007f|\\u009b|\\u202e|\\ufeff|\xc3\xa9|\xe5\x90\x8d|\xf0\x9f\x92\xa3\""),
            text.npos)
      << text;
  EXPECT_EQ(nlohmann::json::parse(text)["name"], job.name);
}

TEST(Why, ExplainsAJobInOneLine) {
  ReportedJob job = sample_job();
  EXPECT_EQ(
      why_text(job),
      "4710_1 'relax' of alice: requested 1-00:00:00 and 64G; predicted 00:35:00 (95%: 00:48:20) and 4G "
      "(99%: 5G) from 20 "
      "of the user's own jobs, 18 of them alike; planned 00:48:20 (observe) and 5G (advise); used "
      "00:38:21 and "
      "4.50G, COMPLETED");
  job.evidence = "none";
  job.opted_out = true;
  job.end_s = 0;
  EXPECT_EQ(
      why_text(job),
      "4710_1 'relax' of alice: requested 1-00:00:00 and 64G; nothing could be predicted, for there were "
      "no finished "
      "jobs to learn from; left alone, as its user requested; is running");
  job.was_predicted = false;
  job.opted_out = false;
  job.requested_limit_s.reset();
  job.planned_run_s.reset();
  job.planned_memory_bytes.reset();
  job.start_s = 0;
  job.state = "PENDING";
  EXPECT_EQ(why_text(job),
            "4710_1 'relax' of alice: requested 64G; it was not predicted; has not run, PENDING");
}

UserSummary sample_summary() {
  UserSummary s;
  s.user = "alice";
  s.jobs = 10;
  s.predicted = 8;
  s.run_time = {8, 6.0, 8, 1, {4, 6, 7, 8}};
  s.core_hours_requested = 100;
  s.core_hours_used = 12.34;
  return s;
}

TEST(Summary, HasSharesOnlyWhereThereIsSomethingToCount) {
  const auto columns =
      parse_format("user,jobs,predicted,timefit,timesmall,timein50,timein95,memfit,memsmall,cpuhreq,cpuhused",
                   summary_field_names())
          .value();
  const TableStyle bars{Separation::bars_between, "|", false};
  EXPECT_EQ(row_text(columns, summary_texts(columns, sample_summary()), bars),
            "alice|10|8|75.0%|12.5%|50.0%|87.5%|||100.0|12.3\n");
  EXPECT_TRUE(to_json(sample_summary())["memory"]["mean_fit"].is_null());
}

TEST(Summary, AddsUpToAll) {
  const UserSummary all = total_of({sample_summary(), sample_summary()});
  EXPECT_EQ(all.user, "(all)");
  EXPECT_EQ(all.jobs, 20);
  EXPECT_EQ(all.run_time.within[2], 14);
  EXPECT_DOUBLE_EQ(all.run_time.ratio_sum, 12.0);
  EXPECT_DOUBLE_EQ(all.core_hours_used, 24.68);
}

TEST(Holds, SayWhatBecameOfThem) {
  ReportedHold hold;
  hold.reservation = "foreshape_alice_1";
  hold.kind = "personal";
  hold.nodes = 2;
  hold.idle_node_s = 1'800;
  const auto columns =
      parse_format("reservation,kind,nodes,outcome,hits,idlenodeh", hold_field_names()).value();
  const TableStyle bars{Separation::bars_between, "|", false};
  const auto text = [&] { return row_text(columns, hold_texts(columns, hold), bars); };
  EXPECT_EQ(text(), "foreshape_alice_1|personal|2|open|0|0.50\n");
  hold.closed_s = 1;
  EXPECT_EQ(text(), "foreshape_alice_1|personal|2|miss|0|0.50\n");
  hold.hits = 1;
  EXPECT_EQ(text(), "foreshape_alice_1|personal|2|hit|1|0.50\n");
}

}  // namespace
}  // namespace foreshape

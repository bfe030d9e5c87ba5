// SPDX-License-Identifier: GPL-2.0-or-later
// Files as administrators have reported them of sacct, of traces and of workflows (field/): what is read of each.

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "predictor/history/job_file.h"

namespace foreshape {
namespace {

std::string path_of(const std::string& name) {
  return std::string(FORESHAPE_SOURCE_DIR) + "/tests/predictor/history/field/" + name;
}

template <class T>
std::string or_unknown(const std::optional<T>& value, double unit = 1) {
  return value ? fmt::format("{:g}", static_cast<double>(*value) / unit) : "?";
}

constexpr double kGiB = 1U << 30;

/// "20 'wrap' memory 8 peak 1 cpu 0.5 limit 3600": GiB, share of the cpus' time, seconds.
std::string text_of(const JobRecord& job) {
  std::string text = fmt::format(
      "{}{} '{}'{} memory {} peak {} cpu {} limit {}", job.job_id_text,
      job.job_id_text == std::to_string(job.job_id) ? "" : fmt::format(" raw {}", job.job_id), job.name,
      job.request.interactive ? " interactive" : "", or_unknown(job.request.memory_per_node_bytes, kGiB),
      or_unknown(job.usage.peak_memory_bytes, kGiB), or_unknown(job.usage.cpu_efficiency),
      or_unknown(job.request.limit_s));
  if (job.request.gpus) text += fmt::format(" gpus {}", *job.request.gpus);
  if (job.token != 0) text += fmt::format(" token {:x}", job.token);
  if (!job.work_dir.empty()) text += " in " + job.work_dir;
  return text + "\n";
}

struct Field {
  std::string jobs;  ///< a line each
  std::string said;  ///< of bad lines and fields, and the error, a line each
};

Field read(const std::string& name) {
  Field field;
  const auto say = [&](const BadLine& bad) { field.said += bad.text(name) + "\n"; };
  auto jobs = open_job_file(path_of(name), say);
  if (!jobs) return {"", jobs.error().message};
  for (;;) {
    const auto job = (*jobs)->next();
    if (!job) field.said += job.error().message + "\n";
    if (!job || !*job) return field;
    field.jobs += text_of(**job);
  }
}

TEST(FieldFiles, AreReadForWhatTheySayAndOtherwiseNamed) {
  const struct {
    const char* file;
    std::string jobs;
    std::vector<const char*> said;  // what the messages have; none: nothing is said
  } cases[] = {
      {"bad-optional.sacct",
       "420 'a' memory 8 peak ? cpu ? limit 3600\n"
       "421 'a' memory 8 peak ? cpu 0.5 limit 3600\n"
       "422 'a' memory 8 peak ? cpu 0.5 limit 3600\n"
       "423 'a' memory 8 peak ? cpu 0.5 limit 3600\n",
       {":2: field 'TotalCPU': '?'", ":3: field 'NNodes': 'n[1-2]'", ":4: field 'ReqTRES': '?'"}},
      {"cpu-impossible.sacct",
       "180 'a' memory 8 peak 1 cpu ? limit 3600\n",
       {":2: field 'TotalCPU': more cpu time than the job's cpus had"}},
      {"delimiter-comma.sacct", "", {"separated by ',', which stands within ReqTRES too; use --parsable2"}},
      {"delimiter-snowman.sacct",
       "120 'a' memory 8 peak 1 cpu 0.5 limit 3600\n",
       {":2: field 'AllocTRES': 'x' is no TRES"}},
      {"empty.sacct", "", {}},
      {"error-lines.sacct",
       "290 'a' memory 8 peak 1 cpu 0.5 limit 3600\n",
       {":1: field 'line': stands before the header, which is line 2: 'sacct: error: slurmdbd"}},
      {"grep-header-in-middle.sacct",
       "441 'a' memory 8 peak ? cpu 0.5 limit 3600\n",
       {":1: field 'line': stands before the header, which is line 2: '440|440|"}},
      {"het.sacct",
       "110+0 raw 110 'a' memory 8 peak 1 cpu 1 limit 3600\n"
       "110+1 raw 111 'a' memory 4 peak 1 cpu 0.5 limit 3600\n"
       "112 'interactive' interactive memory 8 peak 2 cpu 1 limit 3600\n"
       "113 'a' interactive memory 8 peak 1 cpu 1 limit 3600\n",
       {}},
      {"json.sacct", "", {"this is JSON, which is not read; use --parsable2"}},
      {"nextflow-units.csv", "1 'ALIGN' memory 8 peak 1.2 cpu 0.24625 limit 3600\n", {}},
      {"not-parsable.sacct", "", {"this is a padded table, in which names are cut off; use --parsable2"}},
      {"only-error.sacct", "", {"'Slurm accounting storage is disabled'"}},
      {"parsable-trailing.sacct", "130 'a' memory 8 peak 1 cpu 0.5 limit 3600\n", {}},
      {"pipe-in-submitline.sacct",
       "20 'wrap' memory 8 peak 1 cpu 0.5 limit 3600 in /home/u1\n"
       "21 'q' interactive memory 8 peak ? cpu 0.5 limit 3600 in /home/u1\n"
       "22 'dir' interactive memory 8 peak ? cpu 0.5 limit 3600 token 1a2b3c4d5e6f7081 in /home/u1/a|b\n",
       {}},
      {"question-mark-in-memory.sacct",
       "50 'a' memory ? peak ? cpu 0.5 limit 3600\n"
       "51 'a' memory 8 peak ? cpu 0.5 limit 3600\n",
       {":2: field 'ReqMem': '16?'", ":3: field 'MaxRSS': '16?'"}},
      {"real-slurm-odd-names.sacct",
       "29 'azure' memory 0.0976562 peak ? cpu ? limit 3600 in SCRATCH/cl/home/carol\n"
       "30 'plain' memory 0.0976562 peak ? cpu ? limit 3600 token 1a21a023f060001b in SCRATCH/cl/home/carol\n"
       "51 'a|b\nc' memory 0.0976562 peak ? cpu ? limit 3600 token 1a21a023f0600030 in "
       "SCRATCH/cl/home/carol\n"
       "52 'f?r' memory 0.0976562 peak ? cpu ? limit 3600 token 1a21a023f0600031 in SCRATCH/cl/home/carol\n"
       "53 'größe' memory 0.0976562 peak ? cpu ? limit 3600 token 1a21a023f0600032 in "
       "SCRATCH/cl/home/carol\n"
       "54 'dir' memory 0.0976562 peak ? cpu ? limit 3600 token 1a21a023f0600033 in SCRATCH/cl/home/carol\n"
       "55 'multi\nline' interactive memory 0.0976562 peak ? cpu ? limit 3600 token 1a21a023f0600034 in "
       "SCRATCH/cl/home/carol\n",
       {}},
      {"step-lost-with-its-cpu.sacct",
       "284 'a' memory 8 peak 1 cpu 0.75 limit 3600\n",
       {":4: field 'MaxRSS': '17592186044416M'"}},
      {"typed-gpu.sacct",
       "150 'a' memory 8 peak ? cpu 0.5 limit 3600 gpus 2\n"
       "151 'a' memory 8 peak ? cpu 0.5 limit 3600 gpus 3\n"
       "152 'a' memory 8 peak ? cpu 0.5 limit 3600 gpus 3\n",
       {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.file);
    const Field field = read(c.file);
    EXPECT_EQ(field.jobs, c.jobs);
    EXPECT_EQ(field.said.empty(), c.said.empty()) << field.said;
    for (const char* words : c.said) EXPECT_NE(field.said.find(words), std::string::npos) << field.said;
  }
}

TEST(FieldFiles, OfTracesKeepNumbersWithFractionsAndJobsWithoutARequest) {
  const Field floats = read("floats.swf");
  EXPECT_EQ(std::ranges::count(floats.jobs, '\n'), 12) << "1e3 is a number too";
  EXPECT_NE(floats.jobs.find("1 '1' memory ? peak ? cpu 0.33217 limit 600\n"), std::string::npos);
  EXPECT_EQ(floats.said, "floats.swf:17: field 'job number': 'nan' is not a number\n");
  const Field unlimited = read("no-requests.swf");
  EXPECT_EQ(std::ranges::count(unlimited.jobs, '\n'), 20);
  EXPECT_EQ(unlimited.jobs.find("limit 600"), std::string::npos);
  EXPECT_EQ(unlimited.said, "");
}

TEST(FieldFiles, AreAllTried) {
  const auto files = std::filesystem::directory_iterator(path_of(""));
  EXPECT_EQ(std::distance(begin(files), end(files)), 20);
}

}  // namespace
}  // namespace foreshape

// Writes a profile snapshot of made-up users, for load and latency measurements.
// Usage: synthetic_snapshot --users N --jobs J --first-uid U --out FILE
// Users are U ... U+N-1 with J finished jobs each: 12 kinds of job a user, log-normal run times and memory.

#include <boost/program_options.hpp>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <random>
#include <string>

#include "predictor/base/file.h"
#include "predictor/profile/snapshot.h"

namespace {

using namespace foreshape;
namespace po = boost::program_options;

/// Uniform in [0, below).
std::uint32_t pick(std::mt19937& random, std::uint32_t below) {
  return static_cast<std::uint32_t>(random() % below);
}

PastJob made_up(std::mt19937& random, std::uint32_t uid, std::uint32_t number, std::uint32_t end_s) {
  const std::uint32_t kind = pick(random, 12);
  std::lognormal_distribution<double> run{5.0 + 0.3 * kind, 0.4};
  std::lognormal_distribution<double> memory{13.0 + 0.2 * kind, 0.1};
  PastJob job;
  job.job_id = uid * 1000 + number;
  job.uid = uid;
  job.run_s = static_cast<std::uint32_t>(run(random)) + 1;
  job.end_s = end_s;
  job.start_s = end_s - job.run_s;
  job.submit_s = job.start_s - pick(random, 3600);
  job.account = 1 + uid % 500;
  job.partition = text_hash("main");
  job.name = kind == 0 ? folded_name_hash("relax_1") : 1000 + kind;
  job.script = job.name;
  job.folder = job.name;
  job.asked_limit_s = 3600U << (kind % 4);
  job.asked_cpus = 1U << (kind % 7);
  job.asked_nodes = 1;
  job.asked_memory_kib = 4U << 20U;
  job.used_memory_kib = static_cast<std::uint32_t>(memory(random));
  job.used_read_kib = pick(random, 1'000'000);
  job.used_written_kib = pick(random, 1'000'000);
  job.cpu_efficiency = static_cast<std::uint16_t>(pick(random, 10'000));
  job.state = JobState::completed;
  return job;
}

int run(int argc, char** argv) {
  std::uint32_t users = 0;
  std::uint32_t jobs = 0;
  std::uint32_t first_uid = 0;
  std::string out;
  po::options_description options;
  options.add_options()("users", po::value(&users)->required())("jobs", po::value(&jobs)->default_value(150))(
      "first-uid", po::value(&first_uid)->default_value(1000))("out", po::value(&out)->required());
  po::variables_map values;
  po::store(po::parse_command_line(argc, argv, options), values);
  po::notify(values);

  std::mt19937 random{1};
  const auto now = static_cast<std::uint32_t>(std::time(nullptr));
  SnapshotBuilder builder;
  for (std::uint32_t user = 0; user < users; ++user)
    for (std::uint32_t job = 0; job < jobs; ++job)
      builder.add(made_up(random, first_uid + user, job, now - 86'400 + job * 500));
  const auto bytes = builder.bytes(now);
  const auto written = bytes ? replace_file(out, *bytes, 0640) : tl::make_unexpected(bytes.error());
  if (!written) std::fprintf(stderr, "synthetic_snapshot: error: %s\n", written.error().message.c_str());
  return written ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "synthetic_snapshot: error: %s\n", error.what());
    return 2;
  }
}

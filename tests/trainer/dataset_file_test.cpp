// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/dataset_file.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "tests/predictor/model/made_inputs.h"
#include "trainer/dataset_columns.h"

namespace foreshape {
namespace {

using test::Dice;

class DatasetFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/foreshape_dataset_XXXXXX";
    directory_ = ::mkdtemp(name.data());
    path_ = directory_ + "/jobs.h5";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void write(const std::vector<TracedJob>& jobs) const {
    auto writer = DatasetWriter::create(path_, {"a test", "1", 5, true});
    ASSERT_TRUE(writer) << writer.error().message;
    for (const TracedJob& job : jobs) ASSERT_TRUE(writer->add(job));
    const auto finished = writer->finish();
    ASSERT_TRUE(finished) << finished.error().message;
  }

  std::string directory_, path_;
};

/// Every field set, or every other one said.
TracedJob made_job(Dice& dice, UnixSeconds submit_s) {
  TracedJob job;
  job.request.submit_s = submit_s;
  job.request.uid = dice.whole(5);
  for (TextHash* hash : {&job.request.account, &job.request.partition, &job.request.qos, &job.request.name,
                         &job.request.script, &job.request.work_dir, &job.request.gres, &job.request.licenses,
                         &job.request.burst_buffer})
    *hash = dice.whole(3) == 0 ? 0 : 4'000'000'000U + dice.whole(1000);
  for (auto* count : {&job.request.nodes, &job.request.cpus, &job.request.tasks, &job.request.gpus})
    if (dice.whole(2) == 0) *count = dice.whole(1000);
  const auto maybe = [&](std::optional<std::int64_t>& field) {
    if (dice.whole(2) == 0) field = std::int64_t{dice.whole(1000)} << 30U;
  };
  maybe(job.request.memory_per_node_bytes);
  maybe(job.request.limit_s);
  job.request.array_tasks = dice.whole(9);
  job.request.interactive = dice.whole(2) == 0;
  job.request.has_dependency = dice.whole(2) == 0;
  job.usage.start_s = submit_s + dice.whole(50);
  job.usage.end_s = job.usage.start_s + dice.whole(50);
  job.usage.run_s = dice.whole(50);
  job.usage.state = static_cast<JobState>(dice.whole(13));
  maybe(job.usage.peak_memory_bytes);
  if (dice.whole(2) == 0) job.usage.cpu_efficiency = 0.25F;
  maybe(job.usage.read_bytes);
  maybe(job.usage.written_bytes);
  return job;
}

std::vector<TracedJob> made_jobs(std::size_t count) {
  Dice dice{3};
  std::vector<TracedJob> jobs;
  for (std::size_t i = 0; i < count; ++i)
    jobs.push_back(made_job(dice, 1'700'000'000 + static_cast<UnixSeconds>(i / 2)));
  return jobs;
}

/// All columns as bytes: equal where the jobs are (also where not measured is not a number).
std::string bytes_of_job(const TracedJob& job) {
  std::string bytes;
  for (const DatasetColumn& column : dataset_columns()) {
    std::array<std::byte, 8> value{};
    column.store(job, value.data());
    bytes.append(reinterpret_cast<const char*>(value.data()), value.size());  // NOLINT(*-reinterpret-cast)
  }
  return bytes;
}

TEST_F(DatasetFile, GivesBackEveryFieldOfEveryJobInAnyPiece) {
  const auto jobs = made_jobs(kDatasetChunk + 500);
  write(jobs);
  auto reader = DatasetReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().message;
  ASSERT_EQ(reader->jobs(), jobs.size());
  EXPECT_EQ(reader->origin().source, "a test");
  EXPECT_TRUE(reader->origin().anonymous);
  EXPECT_EQ(reader->first_submit_s(), jobs.front().request.submit_s);
  EXPECT_EQ(reader->last_submit_s(), jobs.back().request.submit_s);
  std::vector<TracedJob> read(700);
  for (const std::size_t first : {kDatasetChunk - 300, std::size_t{0}, jobs.size() - read.size()}) {
    ASSERT_TRUE(reader->read(first, read));
    for (std::size_t i = 0; i < read.size(); ++i) {
      ASSERT_EQ(bytes_of_job(read[i]), bytes_of_job(jobs[first + i])) << first + i;
      ASSERT_EQ(read[i].request.limit_s, jobs[first + i].request.limit_s);
      ASSERT_EQ(read[i].request.cpus, jobs[first + i].request.cpus);
      ASSERT_EQ(read[i].usage.cpu_efficiency, jobs[first + i].usage.cpu_efficiency);
    }
  }
}

TEST_F(DatasetFile, CountsTheJobsOfEachUser) {
  const auto jobs = made_jobs(300);
  write(jobs);
  const auto reader = DatasetReader::open(path_);
  ASSERT_TRUE(reader);
  ASSERT_EQ(reader->users().size(), 5U);
  for (const DatasetUser& user : reader->users())
    EXPECT_EQ(user.jobs, static_cast<std::uint64_t>(std::ranges::count_if(
                             jobs, [&](const TracedJob& job) { return job.request.uid == user.uid; })));
}

TEST_F(DatasetFile, IsNotThereBeforeItIsWhole) {
  const auto jobs = made_jobs(50);
  {
    auto writer = DatasetWriter::create(path_, {});
    ASSERT_TRUE(writer);
    for (const TracedJob& job : jobs) ASSERT_TRUE(writer->add(job));
    EXPECT_FALSE(std::filesystem::exists(path_));
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory_)) << "an unfinished file leaves nothing behind";
  write(jobs);
  EXPECT_EQ(std::filesystem::status(path_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(DatasetFile, RefusesAJobThatComesTooLate) {
  auto writer = DatasetWriter::create(path_, {});
  ASSERT_TRUE(writer);
  const auto jobs = made_jobs(3);
  ASSERT_TRUE(writer->add(jobs[2]));
  EXPECT_EQ(writer->add(jobs[0]).error().code, ErrorCode::invalid_input);
}

TEST_F(DatasetFile, SaysWhatIsWrongWithAFile) {
  EXPECT_EQ(DatasetReader::open(directory_ + "/none").error().code, ErrorCode::not_found);
  std::ofstream(path_) << "not HDF5";
  EXPECT_EQ(DatasetReader::open(path_).error().code, ErrorCode::invalid_input);
  EXPECT_NE(DatasetWriter::create("/none/jobs.h5", {}).error().message.find("/none/jobs.h5"),
            std::string::npos);
}

TEST_F(DatasetFile, SaysWhyItCannotBeMadeAndReplacesNothingButFiles) {
  // In /sys nobody may make a file: refused, or read-only in a container.
  const auto refused = DatasetWriter::create("/sys/foreshape.h5", {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("No such file"), std::string::npos) << refused.error().message;
  const auto device = DatasetWriter::create("/dev/null", {});
  ASSERT_FALSE(device);
  EXPECT_NE(device.error().message.find("not a regular file"), std::string::npos) << device.error().message;
}

TEST_F(DatasetFile, NoticesDamage) {
  const auto jobs = made_jobs(2'000);
  write(jobs);
  const auto size = std::filesystem::file_size(path_);
  std::size_t refused = 0;
  constexpr std::size_t kPlaces = 40;
  for (std::size_t i = 0; i < kPlaces; ++i) {
    std::filesystem::copy_file(path_, path_ + ".bad", std::filesystem::copy_options::overwrite_existing);
    std::fstream file(path_ + ".bad", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size * (2 * i + 1) / (2 * kPlaces)));
    file.write("\x55\xaa\x13", 3);
    file.close();
    auto reader = DatasetReader::open(path_ + ".bad");
    std::vector<TracedJob> read(jobs.size());
    if (!reader || !reader->read(0, read)) {
      ++refused;
      continue;
    }
    // Not noticed: then it was in unused space, and all jobs are what they were.
    for (std::size_t j = 0; j < jobs.size(); ++j)
      ASSERT_EQ(bytes_of_job(read[j]), bytes_of_job(jobs[j])) << i;
  }
  EXPECT_GT(refused, kPlaces / 4);
}

}  // namespace
}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
// A thousand job descriptors that no honest client sends, through the plugin's own entry point.

#include <array>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

#include "predictor/base/token_tag.h"
#include "slurm-plugin/runtime_api.h"
#include "slurm-plugin/slurm/slurm_abi.h"
#include "slurm-plugin/slurm/slurm_release.h"
#include "tests/slurm-plugin/fake_host.h"

extern "C" int job_submit(job_desc_msg_t* job, std::uint32_t submit_uid, char** err_msg);
extern "C" int init();
extern "C" int fini();

namespace foreshape {
namespace {

constexpr char* job_desc_msg_t::*kTexts[] = {
    &job_desc_msg_t::account,
    &job_desc_msg_t::acctg_freq,
    &job_desc_msg_t::alloc_node,
    &job_desc_msg_t::array_inx,
    &job_desc_msg_t::batch_features,
    &job_desc_msg_t::burst_buffer,
    &job_desc_msg_t::clusters,
    &job_desc_msg_t::cluster_features,
    &job_desc_msg_t::comment,
    &job_desc_msg_t::container,
    &job_desc_msg_t::cpu_bind,
    &job_desc_msg_t::cpus_per_tres,
    &job_desc_msg_t::dependency,
    &job_desc_msg_t::exc_nodes,
    &job_desc_msg_t::extra,
    &job_desc_msg_t::features,
    &job_desc_msg_t::job_id_str,
    &job_desc_msg_t::licenses,
    &job_desc_msg_t::mail_user,
    &job_desc_msg_t::mem_bind,
    &job_desc_msg_t::mem_per_tres,
    &job_desc_msg_t::name,
    &job_desc_msg_t::network,
    &job_desc_msg_t::origin_cluster,
    &job_desc_msg_t::partition,
    &job_desc_msg_t::prefer,
    &job_desc_msg_t::qos,
    &job_desc_msg_t::req_nodes,
    &job_desc_msg_t::script,
    &job_desc_msg_t::submit_line,
    &job_desc_msg_t::tres_bind,
    &job_desc_msg_t::tres_freq,
    &job_desc_msg_t::tres_per_job,
    &job_desc_msg_t::tres_per_node,
    &job_desc_msg_t::tres_per_socket,
    &job_desc_msg_t::tres_per_task,
    &job_desc_msg_t::work_dir,
    &job_desc_msg_t::wckey,
};
constexpr std::uint32_t job_desc_msg_t::*kNumbers[] = {
    &job_desc_msg_t::argc,        &job_desc_msg_t::het_job_offset, &job_desc_msg_t::num_tasks,
    &job_desc_msg_t::priority,    &job_desc_msg_t::time_limit,     &job_desc_msg_t::time_min,
    &job_desc_msg_t::user_id,     &job_desc_msg_t::min_cpus,       &job_desc_msg_t::max_cpus,
    &job_desc_msg_t::min_nodes,   &job_desc_msg_t::max_nodes,      &job_desc_msg_t::req_switch,
    &job_desc_msg_t::site_factor, &job_desc_msg_t::env_size,
};
constexpr std::uint16_t job_desc_msg_t::*kShorts[] = {
    &job_desc_msg_t::cpus_per_task, &job_desc_msg_t::ntasks_per_node, &job_desc_msg_t::pn_min_cpus,
    &job_desc_msg_t::shared,        &job_desc_msg_t::requeue,         &job_desc_msg_t::ntasks_per_tres,
};

class Hostile {
 public:
  explicit Hostile(std::uint64_t seed) : random_(seed) {}

  /// A descriptor whose strings live as long as this object.
  job_desc_msg_t descriptor() {
    texts_.clear();
    job_desc_msg_t job = blank_descriptor();
    for (auto field : kTexts) job.*field = text();
    for (auto field : kNumbers) job.*field = number<std::uint32_t>();
    job_id_of(job) = number<std::uint32_t>();
    for (auto field : kShorts) job.*field = number<std::uint16_t>();
    job.pn_min_memory = number<std::uint64_t>();
    job.begin_time = static_cast<time_t>(number<std::uint32_t>());
    arguments();
    job.argv = pick(3) == 0 ? nullptr : argv_.data();
    return job;
  }

 private:
  std::size_t pick(std::size_t n) { return random_() % n; }

  template <class T>
  T number() {
    const T extremes[] = {0,
                          1,
                          static_cast<T>(-1),
                          static_cast<T>(-2),
                          static_cast<T>(-3),
                          static_cast<T>(T{1} << (8 * sizeof(T) - 1)),
                          static_cast<T>(random_())};
    return extremes[pick(std::size(extremes))];
  }

  char* text() {
    if (pick(3) == 0) return nullptr;
    static const char* const kNasty[] = {
        "",
        "\x1b[2J\x1b]0;owned\x07",
        "\xff\xfe\xc0\x80\xf8",
        "%s%n%s%n%x",
        "'; DROP TABLE job; --",
        "../../../etc/shadow",
        ("\xe2\x80\xae"
         "reversed"),
        "a\nb\r\nc\tforeshape=off",
        "foreshape=0123456789abcdef",
        "0-4294967295:0,,-1-%%%",
        "gres:gpu:::::,gpu:4294967295,gpu:-1,gpu=",
        "#BB_LUA\n#DW\n#",
        "\n\n\n",
        "1-2-3-4",
        "\xf0\x9f\x92",
    };
    switch (pick(4)) {
      case 0:
        return keep(std::string(kNasty[pick(std::size(kNasty))]));
      case 1:
        return keep(std::string(pick(300'000), static_cast<char>(1 + pick(255))));
      case 2:
        return keep(std::string(kNasty[pick(std::size(kNasty))]) + std::string(pick(5000), '9'));
      default:
        return keep(noise());
    }
  }

  std::string noise() {
    std::string bytes(pick(2000), ' ');
    for (char& c : bytes) c = static_cast<char>(1 + pick(255));
    return bytes;
  }

  char* keep(std::string value) { return texts_.emplace_back(std::move(value)).data(); }

  void arguments() {
    argv_.clear();
    for (std::size_t n = pick(100); n > 0; --n) argv_.push_back(keep(noise()));
    argv_.push_back(nullptr);
  }

  std::mt19937_64 random_;
  std::deque<std::string> texts_;
  std::vector<char*> argv_;
};

/// The plugin started on a foreshape.conf of the test's own.
class HostileDescriptors : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::path(testing::TempDir()) / ("hostile_" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory_);
    slurm_conf_file_ = (directory_ / "slurm.conf").string();
    slurm_conf.slurm_conf = slurm_conf_file_.data();
  }
  void TearDown() override {
    slurm_conf.slurm_conf = nullptr;
    std::filesystem::remove_all(directory_);
  }
  void start(const std::string& settings) {
    std::ofstream(directory_ / "foreshape.conf") << "StateDir=" << directory_.string() << "\n" << settings;
    ASSERT_EQ(init(), SLURM_SUCCESS);
  }

  std::filesystem::path directory_;
  std::string slurm_conf_file_;
};

TEST_F(HostileDescriptors, PassUnchangedInObserveModeButForTheTag) {
  start("");
  Hostile hostile(20261122);
  for (int i = 0; i < 1000; ++i) {
    SCOPED_TRACE(i);
    job_desc_msg_t job = hostile.descriptor();
    const job_desc_msg_t before = job;
    char* message = nullptr;
    ASSERT_EQ(job_submit(&job, 1021, &message), SLURM_SUCCESS);
    EXPECT_EQ(message, nullptr);
    if (job.admin_comment != nullptr) {
      EXPECT_NE(tagged_token(job.admin_comment), 0U);
    }
    free_written(job, &message);
    ASSERT_EQ(std::memcmp(&job, &before, sizeof job), 0);
  }
  EXPECT_EQ(fini(), SLURM_SUCCESS);
}

TEST_F(HostileDescriptors, PassWithEverythingSwitchedOn) {
  start("Mode=advise\nMemory=enforce\nOrder=on\nHold=on\n");
  Hostile hostile(4711);
  for (int i = 0; i < 1000; ++i) {
    job_desc_msg_t job = hostile.descriptor();
    const job_desc_msg_t before = job;
    char* message = nullptr;
    ASSERT_EQ(job_submit(&job, 1021, &message), SLURM_SUCCESS);
    free_written(job, &message);
    job.site_factor = before.site_factor;
    ASSERT_EQ(std::memcmp(&job, &before, sizeof job), 0) << i;
  }
  EXPECT_EQ(fini(), SLURM_SUCCESS);
}

TEST_F(HostileDescriptors, PassWhereNothingOfOursWorks) {
  std::ofstream(directory_ / "foreshape.conf") << "Nonsense=\x01\xff\n";
  ASSERT_EQ(init(), SLURM_SUCCESS);
  job_desc_msg_t job = blank_descriptor();
  char* message = nullptr;
  EXPECT_EQ(job_submit(&job, 1021, &message), SLURM_SUCCESS);
  EXPECT_EQ(job.admin_comment, nullptr);
  EXPECT_EQ(job_submit(nullptr, 1021, nullptr), SLURM_SUCCESS);
  EXPECT_EQ(fini(), SLURM_SUCCESS);
  EXPECT_EQ(job_submit(&job, 1021, &message), SLURM_SUCCESS) << "after the end";
}

}  // namespace
}  // namespace foreshape

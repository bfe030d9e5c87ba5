// SPDX-License-Identifier: GPL-2.0-or-later
// What users write into their jobs: resources, arrays, comments, scripts.
#include "predictor/base/memory_mark.h"
#include "predictor/base/text.h"
#include "predictor/base/trial_mark.h"
#include "slurm-plugin/slurm/job_request.h"
#include "slurm-plugin/slurm/memory_lever.h"
#include "slurm-plugin/slurm/tres_text.h"
#include "slurm-plugin/slurm/trial_lever.h"
#include "tests/fuzz/fuzz_target.h"
#include "tools/stage/declared_paths.h"
#include "tools/stage/manifest.h"
#include "tools/stage/script_paths.h"

namespace foreshape {
namespace {

void read_resources(std::string_view text) {
  require(array_tasks(text) <= kMaxArrayTasks, "the tasks of an array have a bound");
  (void)gpu_count(text);
  (void)per_gpu(text);
  (void)cpu_count(text);
  (void)names_gres(text);
  require(listed_names(text).count <= kMaxListed, "names are listed up to a bound");
}

void read_comments(std::string_view text) {
  (void)says_off(text);
  if (const auto mark = memory_mark(text))
    require(memory_mark(returned_comment(text, mark->planned_mib, true)).has_value(),
            "a mark that was read can be read once it says more");
  (void)says_trial(text);
  if (const auto mark = trial_mark(text))
    require(trial_mark(comment_with(text, mark)).has_value(), "a trial's mark that was read can be written");
  for (const char c : harmless(text)) require(c != '\n' && c != '\x1b', "what is shown moves no terminal");
}

void is_whole(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) require(path.starts_with('/'), "only whole paths are staged");
}

}  // namespace

std::vector<std::string> fuzz_seeds() { return {}; }

void test_one_input(std::string_view input) {
  read_resources(input);
  read_comments(input);
  (void)minds_memory(input);
  (void)minds_limit(input);
  (void)unescaped(input);
  is_whole(paths_in_script(input));
  is_whole(paths_in_comment(input));
  for (const auto& [name, jobs] : declared_paths(input)) is_whole(jobs.paths);
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/declared_paths.h"

#include <algorithm>
#include <fmt/format.h>

#include "tools/cli/child_process.h"
#include "tools/cli/lists.h"
#include "tools/stage/source_path.h"

namespace foreshape {
namespace {

constexpr std::size_t kMaxPaths = 8;
constexpr char kSeparator = '\x1f';  // in no name that Slurm lets through

void add_path(std::vector<std::string>& paths, const std::string& path) {
  if (paths.size() < kMaxPaths && std::ranges::find(paths, path) == paths.end()) paths.push_back(path);
}

}  // namespace

std::vector<std::string> paths_in_comment(std::string_view comment) {
  constexpr std::string_view kTag = "foreshape-stage=";
  std::vector<std::string> paths;
  while (!comment.empty()) {
    const std::size_t end = std::min(comment.find_first_of(" ,\t"), comment.size());
    const std::string_view word = comment.substr(0, end);
    comment.remove_prefix(std::min(end + 1, comment.size()));
    if (!word.starts_with(kTag)) continue;
    if (const auto path = source_name(word.substr(kTag.size()))) add_path(paths, *path);
  }
  return paths;
}

DeclaredPaths declared_paths(std::string_view sacct_rows) {
  DeclaredPaths declared;
  for_each_line(sacct_rows, [&declared](std::string_view row) {
    const std::size_t separator = row.find(kSeparator);
    if (separator == std::string_view::npos) return;
    auto paths = paths_in_comment(row.substr(separator + 1));
    if (!paths.empty()) declared[folded_name_hash(row.substr(0, separator))] = std::move(paths);
  });
  return declared;
}

Result<DeclaredPaths> ask_declared_paths(UserId uid) {
  return output_of({"sacct", "--allocations", "--noheader", "--parsable2",
                    fmt::format("--delimiter={}", kSeparator), "--starttime=now-14days",
                    fmt::format("--user={}", uid), "--format=JobName,Comment"},
                   {.time = std::chrono::seconds{30}, .output_bytes = std::size_t{32} << 20})
      .map([](const std::string& rows) { return declared_paths(rows); });
}

std::vector<std::string> foreseen_paths(const StageForecast& job, const DeclaredPaths& declared,
                                        const std::vector<StageRule>& rules) {
  std::vector<std::string> paths;
  if (const auto own = declared.find(job.name); own != declared.end()) paths = own->second;
  for (const StageRule& rule : rules) {
    const bool fits = (rule.account.empty() || same_text(text_hash(rule.account), job.account)) &&
                      (rule.job_name.empty() || same_text(folded_name_hash(rule.job_name), job.name));
    if (fits) add_path(paths, rule.path);
  }
  return paths;
}

}  // namespace foreshape

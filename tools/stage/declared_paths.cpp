// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/declared_paths.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>

#include "tools/cli/child_process.h"
#include "tools/cli/lists.h"
#include "tools/stage/source_path.h"

namespace foreshape {
namespace {

constexpr std::size_t kMaxPaths = 8;
constexpr char kSeparator = '\x1f';  // in no name that Slurm lets through

JobId job_id_in(std::string_view text) {
  JobId job = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), job);
  return problem == std::errc{} && end == text.data() + text.size() ? job : 0;
}

/// Takes the text up to the next separator, and it with it; nullopt where there is none.
std::optional<std::string_view> next_field(std::string_view& row) {
  const std::size_t end = row.find(kSeparator);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view field = row.substr(0, end);
  row.remove_prefix(end + 1);
  return field;
}

}  // namespace

void add_declared_path(std::vector<std::string>& paths, const std::string& path) {
  if (paths.size() < kMaxPaths && std::ranges::find(paths, path) == paths.end()) paths.push_back(path);
}

std::vector<std::string> paths_in_comment(std::string_view comment) {
  constexpr std::string_view kTag = "foreshape-stage=";
  std::vector<std::string> paths;
  while (!comment.empty()) {
    const std::size_t end = std::min(comment.find_first_of(" ,\t"), comment.size());
    const std::string_view word = comment.substr(0, end);
    comment.remove_prefix(std::min(end + 1, comment.size()));
    if (!word.starts_with(kTag)) continue;
    if (const auto path = source_name(word.substr(kTag.size()))) add_declared_path(paths, *path);
  }
  return paths;
}

DeclaredPaths declared_paths(std::string_view sacct_rows) {
  DeclaredPaths declared;
  for_each_line(sacct_rows, [&declared](std::string_view row) {
    const auto number = next_field(row), name = next_field(row);
    if (!number || !name) return;
    JobsOfName& jobs = declared[folded_name_hash(*name)];
    auto paths = paths_in_comment(row);
    jobs.newest = job_id_in(*number);
    jobs.newest_declares = !paths.empty();
    if (!paths.empty()) jobs.paths = std::move(paths);
  });
  return declared;
}

Result<DeclaredPaths> ask_declared_paths(UserId uid) {
  return output_of({"sacct", "--allocations", "--noheader", "--parsable2",
                    fmt::format("--delimiter={}", kSeparator), "--starttime=now-14days",
                    fmt::format("--user={}", uid), "--format=JobIDRaw,JobName,Comment"},
                   {.time = std::chrono::seconds{30}, .output_bytes = std::size_t{32} << 20})
      .map([](const std::string& rows) { return declared_paths(rows); });
}

std::vector<std::string> foreseen_paths(const StageForecast& job, const DeclaredPaths& declared,
                                        const std::vector<StageRule>& rules) {
  std::vector<std::string> paths;
  if (const auto own = declared.find(job.name); own != declared.end()) paths = own->second.paths;
  for (const StageRule& rule : rules) {
    const bool fits = (rule.account.empty() || same_text(text_hash(rule.account), job.account)) &&
                      (rule.job_name.empty() || same_text(folded_name_hash(rule.job_name), job.name));
    if (fits) add_declared_path(paths, rule.path);
  }
  return paths;
}

}  // namespace foreshape

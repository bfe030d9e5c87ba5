// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/model/trace_results.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "predictor/base/file.h"
#include "tools/cli/command.h"

namespace foreshape {

void leave_out_from(std::optional<UnixSeconds> end_s, std::vector<TracedJob>& jobs) {
  if (end_s) std::erase_if(jobs, [&](const TracedJob& job) { return job.request.submit_s >= *end_s; });
}

int write_trace_results(const char* program, const std::string& path, const nlohmann::json& traces) {
  if (path.empty()) return kDone;
  const std::string text = nlohmann::json{{"version", 1}, {"traces", traces}}.dump(1) + "\n";
  if (path == "-") {
    fmt::print("{}", text);
    return kDone;
  }
  const auto written = replace_file(path, text, 0644);
  return written ? kDone : report_failure(program, written.error());
}

}  // namespace foreshape

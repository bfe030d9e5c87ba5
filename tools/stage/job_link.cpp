// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/job_link.h"

#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

#include "predictor/base/text.h"
#include "tools/stage/staged_lookup.h"
#include "tools/stage/tree_names.h"
#include "tools/stage/user_directory.h"

namespace foreshape {
namespace {

Result<std::string> link_name(const std::string& job) {
  constexpr std::size_t kMaxDigits = 20;
  if (job.empty() || job.size() > kMaxDigits || job.find_first_not_of("0123456789") != std::string::npos)
    return failure(ErrorCode::invalid_input, "'" + harmless(job.substr(0, 40)) + "' is not a job id");
  return ".job-" + job;
}

}  // namespace

Result<JobLink> link_for_job(const StageSettings& settings, const std::string& source, const std::string& job,
                             std::int64_t keep_s, const Clock& clock) {
  const auto name = link_name(job);
  if (!name) return tl::make_unexpected(name.error());
  const auto buffer = open_buffer(settings.buffer);
  if (!buffer) return tl::make_unexpected(buffer.error());
  const auto own = open_user_directory(buffer->get(), true);
  if (!own) return tl::make_unexpected(own.error());
  JobLink link{fmt::format("{}/{}/{}", settings.buffer, ::geteuid(), *name), source,
               find_copy(settings, source, {keep_s, true}, clock)};
  if (link.copy) link.target = link.copy->path;
  const std::string draft = *name + ".new";
  ::unlinkat(own->get(), draft.c_str(), 0);
  if (::symlinkat(link.target.c_str(), own->get(), draft.c_str()) != 0 ||
      ::renameat(own->get(), draft.c_str(), own->get(), name->c_str()) != 0)
    return failure(ErrorCode::unavailable, link.path + ": " + last_reason());
  return link;
}

Result<void> remove_job_link(const StageSettings& settings, const std::string& job) {
  const auto name = link_name(job);
  if (!name) return tl::make_unexpected(name.error());
  const auto buffer = open_buffer(settings.buffer);
  if (!buffer) return tl::make_unexpected(buffer.error());
  const auto own = open_user_directory(buffer->get(), false);
  if (!own && own.error().code == ErrorCode::not_found) return {};
  if (!own) return tl::make_unexpected(own.error());
  if (::unlinkat(own->get(), name->c_str(), 0) == 0 || errno == ENOENT) return {};
  return failure(ErrorCode::unavailable, "the link of job " + job + ": " + last_reason());
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/view_fields.h"

#include <algorithm>
#include <array>

#include "tools/sshape/job_advice.h"
#include "tools/sshape/job_fields.h"
#include "tools/sshape/name_fields.h"
#include "tools/sshape/savings_fields.h"
#include "tools/sshape/shadow_fields.h"
#include "tools/sshape/staging_fields.h"
#include "tools/sshape/summary_fields.h"

namespace foreshape {
namespace {

/// For people and for programs, each of one's own and of others' jobs; and --long.
struct ViewFormats {
  View view;
  const char *own, *of_others, *own_for_programs, *of_others_for_programs, *full;
};

constexpr auto kViewFormats = std::to_array<ViewFormats>({
    {View::jobs, kDefaultJobFormat, kJobsOfOthersFormat, kWideJobFormat, kWideJobFormat, kLongJobFormat},
    {View::job, kDefaultJobFormat, kDefaultJobFormat, kAdvisedJobFormat, kAdvisedJobFormat, kLongJobFormat},
    {View::names, kDefaultNameFormat, kNamesOfOthersFormat, kDefaultNameFormat, kWideNamesOfOthersFormat,
     "all"},
    {View::holds, kDefaultHoldFormat, kDefaultHoldFormat, kWideHoldFormat, kWideHoldFormat, "all"},
    {View::shadow, kDefaultShadowFormat, kDefaultShadowFormat, kDefaultShadowFormat, kDefaultShadowFormat,
     "all"},
    {View::stage, kDefaultStagingFormat, kDefaultStagingFormat, kDefaultStagingFormat, kDefaultStagingFormat,
     "all"},
});

}  // namespace

std::string default_format(const ShapeOptions& options, bool is_long) {
  if (options.view == View::savings) return savings_format(options.by, is_long);
  const bool is_table = options.style.separation == Separation::columns;
  if (options.view == View::summary) return summary_format(options.summary_by, is_long, !is_table);
  const auto* found = std::find_if(kViewFormats.begin(), kViewFormats.end(),
                                   [&](const ViewFormats& formats) { return formats.view == options.view; });
  const ViewFormats& of_view = found == kViewFormats.end() ? kViewFormats.front() : *found;
  const bool has_others = options.wants_others || options.filter.users.empty();
  if (is_long) return of_view.full;
  if (is_table) return has_others ? of_view.of_others : of_view.own;
  return has_others ? of_view.of_others_for_programs : of_view.own_for_programs;
}

std::span<const FieldName> field_names(View view) {
  if (view == View::job) return advised_field_names();
  if (view == View::summary) return summary_field_names();
  if (view == View::names) return name_field_names();
  if (view == View::holds) return hold_field_names();
  if (view == View::savings) return savings_field_names();
  if (view == View::shadow) return shadow_field_names();
  if (view == View::stage) return staging_field_names();
  return job_field_names();
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/view_fields.h"

#include "tools/sshape/job_advice.h"
#include "tools/sshape/job_fields.h"
#include "tools/sshape/name_fields.h"
#include "tools/sshape/savings_fields.h"
#include "tools/sshape/shadow_fields.h"
#include "tools/sshape/staging_fields.h"
#include "tools/sshape/summary_fields.h"

namespace foreshape {

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

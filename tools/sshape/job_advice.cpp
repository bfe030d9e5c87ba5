// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/job_advice.h"

#include "tools/sshape/job_fields.h"
#include "tools/sshape/next_request.h"

namespace foreshape {

std::span<const FieldName> advised_field_names() {
  static const std::vector<FieldName> kNames = [] {
    const auto of_job = job_field_names();
    std::vector<FieldName> names(of_job.begin(), of_job.end());
    names.push_back({"NextRequest", -29});
    return names;
  }();
  return kNames;
}

std::vector<std::string> advised_texts(const std::vector<Column>& columns, const ReportedJob& job,
                                       const NameSummary* jobs, std::optional<Unit> unit) {
  std::vector<std::string> texts;
  texts.reserve(columns.size());
  for (const Column& column : columns)
    texts.push_back(column.field < job_field_names().size() ? job_texts({column}, job, unit).front()
                    : jobs == nullptr                       ? ""
                                                            : sbatch_text(next_request(*jobs)));
  return texts;
}

}  // namespace foreshape

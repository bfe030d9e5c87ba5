// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/sacct_columns.h"

#include <algorithm>
#include <string>

#include "predictor/history/slurm_time.h"
#include "predictor/history/slurm_units.h"
#include "predictor/history/tres.h"

namespace foreshape {
namespace {

constexpr std::size_t kColumnsMax = 512;  // sacct knows about 120

// In the order of SacctColumn, and of the --format that we ask for.
constexpr std::array<std::string_view, kSacctColumns> kNames = {"JobID",
                                                                "JobIDRaw",
                                                                "Cluster",
                                                                "User",
                                                                "UID",
                                                                "Account",
                                                                "Partition",
                                                                "QOS",
                                                                "State",
                                                                "Submit",
                                                                "Start",
                                                                "End",
                                                                "Elapsed",
                                                                "ElapsedRaw",
                                                                "Timelimit",
                                                                "TimelimitRaw",
                                                                "ReqCPUS",
                                                                "ReqMem",
                                                                "ReqTRES",
                                                                "NCPUS",
                                                                "NNodes",
                                                                "AllocTRES",
                                                                "NTasks",
                                                                "MaxRSS",
                                                                "AveDiskRead",
                                                                "AveDiskWrite",
                                                                "TotalCPU",
                                                                "TRESUsageInTot",
                                                                "TRESUsageOutTot",
                                                                "WorkDir",
                                                                "AdminComment",
                                                                "SubmitLine",
                                                                "JobName"};

// What users write, in any bytes: Slurm prints it as it is.
constexpr std::array<std::string_view, 14> kTexts = {
    "JobName", "WorkDir", "AdminComment", "SubmitLine", "Comment", "SystemComment", "Container",
    "Extra",   "StdIn",   "StdOut",       "StdErr",     "WCKey",   "Constraints",   "Licenses"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view sacct_format() {
  static const std::string format = [] {
    std::string names;
    for (const auto name : kNames) names.append(names.empty() ? "" : ",").append(name);
    return names;
  }();
  return format;
}

std::string_view sacct_column_name(SacctColumn column) { return kNames[static_cast<std::size_t>(column)]; }

void split_fields(std::string_view line, std::string_view delimiter, std::vector<std::string_view>& fields) {
  fields.clear();
  while (fields.size() < kColumnsMax) {
    const auto end = line.find(delimiter);
    fields.push_back(line.substr(0, end));
    if (end == line.npos) return;
    line.remove_prefix(end + delimiter.size());
  }
}

void SacctLayout::widen_texts(std::size_t place) {
  if (texts_.size() == 0) texts_ = {place, place};
  texts_.end = place + 1;
}

std::optional<SacctColumn> SacctLayout::column_at(std::size_t place) const {
  for (std::size_t i = 0; i < positions_.size(); ++i)
    if (positions_[i] == static_cast<int>(place)) return static_cast<SacctColumn>(i);
  return std::nullopt;
}

SacctLayout SacctLayout::of_names(const std::vector<std::string_view>& names) {
  SacctLayout layout;
  layout.columns_ = names.size();
  for (std::size_t i = 0; i < names.size(); ++i) {
    // A file made with --format="JobID%20" has the plain name above; AllocCPUS and NCPUS are one figure.
    const std::string_view name = same_name(names[i], "AllocCPUS") ? "NCPUS" : names[i];
    if (std::any_of(kTexts.begin(), kTexts.end(), [&](auto n) { return same_name(n, name); }))
      layout.widen_texts(i);
    const auto known = std::find_if(kNames.begin(), kNames.end(), [&](auto n) { return same_name(n, name); });
    if (known == kNames.end()) continue;
    int& place = layout.positions_[static_cast<std::size_t>(known - kNames.begin())];
    if (place < 0) place = static_cast<int>(i);
  }
  return layout;
}

std::optional<SacctLayout> SacctLayout::without_header(const std::vector<std::string_view>& fields) {
  constexpr std::string_view kLayouts[] = {
      "jobid,jobidraw,cluster,partition,qos,account,group,gid,user,uid,submit,eligible,start,end,elapsed,"
      "exitcode,state,nnodes,ncpus,reqcpus,reqmem,reqtres,alloctres,timelimit,nodelist,jobname",
      "jobid,jobidraw,cluster,partition,account,group,gid,user,uid,submit,eligible,start,end,elapsed,"
      "exitcode,"
      "state,nnodes,ncpus,reqcpus,reqmem,reqgres,reqtres,timelimit,nodelist,jobname",
      "jobid,jobidraw,cluster,partition,account,group,gid,user,uid,submit,eligible,start,end,elapsed,"
      "exitcode,"
      "state,nnodes,ncpus,reqcpus,reqmem,reqtres,alloctres,timelimit,nodelist,jobname"};
  std::vector<std::string_view> names;
  for (const std::string_view columns : kLayouts) {
    split_fields(columns, ",", names);
    const SacctLayout layout = of_names(names);
    if (fields.size() < names.size()) continue;
    // A name may hold delimiters: what stands where submission and state should tells.
    const auto submit = slurm_time_s(layout.field(fields, SacctColumn::submit), true);
    if (!submit || !*submit || !slurm_state(layout.field(fields, SacctColumn::state))) continue;
    constexpr std::size_t kReqGres = 20;  // of the older layout: "gpu:2", never with a '='
    const bool is_older = fields[kReqGres].find('=') == std::string_view::npos &&
                          !tres_value(layout.field(fields, SacctColumn::requested_tres), "cpu").empty();
    if (!layout.has(SacctColumn::allocated_tres) && !is_older) continue;
    return layout;
  }
  return std::nullopt;
}

bool SacctLayout::is_header(const std::vector<std::string_view>& fields) {
  return std::any_of(fields.begin(), fields.end(),
                     [](std::string_view f) { return same_name(f, "JobID"); }) ||
         std::any_of(fields.begin(), fields.end(),
                     [](std::string_view f) { return same_name(f, "JobIDRaw"); });
}

Result<SacctLayout> SacctLayout::from_header(const std::vector<std::string_view>& fields) {
  SacctLayout layout = of_names(fields);
  if (!layout.has(SacctColumn::job_id) && layout.has(SacctColumn::job_id_raw))
    layout.positions_[0] = layout.position(SacctColumn::job_id_raw);
  for (const auto needed : {SacctColumn::job_id, SacctColumn::uid, SacctColumn::submit, SacctColumn::state})
    if (!layout.has(needed))
      return failure(ErrorCode::invalid_input,
                     "the header has no column " + std::string(sacct_column_name(needed)));
  return layout;
}

}  // namespace foreshape

#include "predictor/history/sacct_columns.h"

#include <algorithm>
#include <string>

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

SacctLayout SacctLayout::without_header() {
  using C = SacctColumn;
  SacctLayout layout;
  layout.columns_ = 26;
  constexpr std::pair<C, int> kPlaces[] = {{C::job_id, 0},
                                           {C::job_id_raw, 1},
                                           {C::cluster, 2},
                                           {C::partition, 3},
                                           {C::qos, 4},
                                           {C::account, 5},
                                           {C::user, 8},
                                           {C::uid, 9},
                                           {C::submit, 10},
                                           {C::start, 12},
                                           {C::end, 13},
                                           {C::elapsed, 14},
                                           {C::state, 16},
                                           {C::nodes, 17},
                                           {C::cpus, 18},
                                           {C::asked_cpus, 19},
                                           {C::asked_memory, 20},
                                           {C::asked_tres, 21},
                                           {C::allocated_tres, 22},
                                           {C::time_limit, 23},
                                           {C::job_name, 25}};
  for (const auto& [column, place] : kPlaces) layout.positions_[static_cast<std::size_t>(column)] = place;
  return layout;
}

bool SacctLayout::is_header(const std::vector<std::string_view>& fields) {
  return std::any_of(fields.begin(), fields.end(),
                     [](std::string_view f) { return same_name(f, "JobID"); }) ||
         std::any_of(fields.begin(), fields.end(),
                     [](std::string_view f) { return same_name(f, "JobIDRaw"); });
}

Result<SacctLayout> SacctLayout::from_header(const std::vector<std::string_view>& fields) {
  SacctLayout layout;
  layout.columns_ = fields.size();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    // A file made with --format="JobID%20" has the plain name above; AllocCPUS and NCPUS are one figure.
    const std::string_view name = same_name(fields[i], "AllocCPUS") ? "NCPUS" : fields[i];
    const auto known = std::find_if(kNames.begin(), kNames.end(), [&](auto n) { return same_name(n, name); });
    if (known == kNames.end()) continue;
    int& place = layout.positions_[static_cast<std::size_t>(known - kNames.begin())];
    if (place < 0) place = static_cast<int>(i);
  }
  if (!layout.has(SacctColumn::job_id) && layout.has(SacctColumn::job_id_raw))
    layout.positions_[0] = layout.position(SacctColumn::job_id_raw);
  for (const auto needed : {SacctColumn::job_id, SacctColumn::uid, SacctColumn::submit, SacctColumn::state})
    if (!layout.has(needed))
      return failure(ErrorCode::invalid_input,
                     "the header has no column " + std::string(sacct_column_name(needed)) +
                         "; make the file with sacct --parsable2 --format=" + std::string(sacct_format()));
  return layout;
}

}  // namespace foreshape

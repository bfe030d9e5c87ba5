// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/job_card.h"

#include <array>
#include <fmt/format.h>
#include <string_view>
#include <utility>
#include <vector>

#include "predictor/base/text.h"
#include "tools/sshape/job_fields.h"
#include "tools/sshape/next_request.h"

namespace foreshape {
namespace {

/// What a user chose, of a length that leaves room for the rest of its line.
std::string chosen(std::string_view text) { return shortened(harmless(text), 16); }

constexpr std::size_t kCardColumns = 5;
using CardFigures = std::vector<std::string>;

std::string card_line(std::string_view what, const CardFigures& figures) {
  std::string text = fmt::format("{:<13}", what);
  for (const std::string& figure : figures) text += fmt::format("{:>12}", figure);
  return text.erase(text.find_last_not_of(' ') + 1) + '\n';
}

/// The job's fields of those names; "" where there is none of that name.
CardFigures figures_of(const ReportedJob& job, const std::array<const char*, kCardColumns>& fields,
                       std::optional<Unit> unit) {
  CardFigures figures;
  for (const char* field : fields) {
    const auto columns = parse_format(field, job_field_names());
    figures.push_back(columns ? job_texts(*columns, job, unit).front() : "");
  }
  return figures;
}

/// Where the fourth figure, what was used, is missing of a job that ran: it was not measured.
CardFigures told_if_unmeasured(const ReportedJob& job, CardFigures figures) {
  if (figures[3].empty() && job.start_s > 0 && job.end_s > 0) figures[3] = "not measured";
  return figures;
}

std::string cpu_line(const ReportedJob& job) {
  CardFigures figures = figures_of(job, {"ReqCPUS", "", "", "", "CPUEff"}, std::nullopt);
  if (job.cpu_efficiency && job.allocated_cpus)
    figures[3] = fmt::format("{:.1f}", *job.cpu_efficiency * static_cast<double>(*job.allocated_cpus));
  return card_line("CPUs", told_if_unmeasured(job, std::move(figures)));
}

std::string card_table(const ReportedJob& job, std::optional<Unit> unit) {
  CardFigures run_time = figures_of(job, {"ReqTime", "PredTime", "PlanTime", "Elapsed", "TimeEff"}, unit);
  if (job.start_s == 0 || job.end_s == 0) run_time[3].clear();
  CardFigures memory = figures_of(job, {"ReqMem", "PredMem", "PlanMem", "MaxRSS", "MemEff"}, unit);
  std::string text = card_line("", {"Requested", "Predicted", "Planned", "Used", "Efficiency"}) +
                     card_line("Run time", run_time) + cpu_line(job) +
                     card_line("Memory", told_if_unmeasured(job, std::move(memory)));
  if (job.requested_gpus.value_or(0) > 0)
    text += card_line("GPUs",
                      told_if_unmeasured(job, figures_of(job, {"ReqGPUS", "", "", "", ""}, std::nullopt)));
  return text;
}

std::string when(const ReportedJob& job) {
  std::string text = "Submitted " + timestamp_text(job.submit_s);
  if (const auto wait = waited(job)) text += ", waited " + elapsed_text(*wait);
  if (job.end_s > 0) text += ", ended " + timestamp_text(job.end_s);
  return text + "\n";
}

std::string card_heading(const ReportedJob& job, const TableStyle& style) {
  const CellColour colour = style.colour == nullptr ? CellColour::none : style.colour("State", job.state);
  std::string text = fmt::format("Job {} '{}' of {}, {}\n", chosen(job.job_id_text), chosen(job.name),
                                 chosen(job.user), coloured(chosen(job.state), colour));
  text += fmt::format("Account {}, partition {}, QOS {}\n", chosen(job.account), chosen(job.partition),
                      chosen(job.qos));
  text += when(job);
  if (job.requeues > 0)
    text += fmt::format("Queued again {} times: the figures are of its last run.\n", job.requeues);
  if (job.end_s > 0 && job.start_s == 0) text += "It never ran.\n";
  return text;
}

/// How to follow a job of which the store does not know the end.
std::string follow_lines(const ReportedJob& job) {
  const std::string id = chosen(job.job_id_text);
  return fmt::format(
      "\nAs far as the store knows it has not ended; what it used is known once it has, and\n"
      "foreshape ingest has read it from accounting. Until then: {} {}\n",
      job.start_s > 0 ? "sstat -j" : "squeue -j", id);
}

std::string next_lines(const ReportedJob& job, const NameSummary* jobs) {
  const std::string lines = jobs == nullptr ? "" : sbatch_lines(*jobs);
  if (!lines.empty()) return "\nNext time:\n" + lines;
  if (job.end_s == 0 || jobs == nullptr) return "";
  if (jobs->measured < kEnoughJobs)
    return fmt::format("\nNext time: {} measured jobs '{}' are too few to say; {} are enough.\n",
                       jobs->measured, chosen(job.name), kEnoughJobs);
  return fmt::format("\nNext time: the request can stay, by {} measured jobs '{}'.\n", jobs->measured,
                     chosen(job.name));
}

}  // namespace

std::string job_card(const ReportedJob& job, const NameSummary* jobs, std::optional<Unit> unit,
                     const TableStyle& style) {
  return card_heading(job, style) + '\n' + card_table(job, unit) + (job.end_s == 0 ? follow_lines(job) : "") +
         next_lines(job, jobs);
}

}  // namespace foreshape

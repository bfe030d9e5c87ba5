// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/report_json.h"

#include <cstddef>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "predictor/base/text.h"
#include "tools/cli/slurm_text.h"
#include "tools/sshape/job_fields.h"
#include "tools/sshape/next_request.h"

namespace foreshape {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json moment(UnixSeconds s) { return s == 0 ? Json(nullptr) : Json(s); }

Json forecast_json(const Forecast& forecast) {
  if (!forecast.known()) return nullptr;
  Json quantiles = Json::object();
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i)
    quantiles[fmt::format("{:g}", kQuantileLevels[i])] = forecast.quantiles[i];
  return {{"typical", forecast.typical},
          {"mean", forecast.mean},
          {"quantiles", quantiles},
          {"jobs", forecast.jobs}};
}

Json prediction_json(const ReportedJob& job) {
  if (!job.was_predicted) return nullptr;
  const Prediction& p = job.prediction;
  return {{"evidence", job.evidence},
          {"model", model_text(p.model)},
          {"similar_jobs", p.similar_jobs},
          {"run_s", forecast_json(p.of(Resource::run_time))},
          {"memory_bytes", forecast_json(p.of(Resource::peak_memory))},
          {"cpu_efficiency", forecast_json(p.of(Resource::cpu_efficiency))},
          {"read_bytes", forecast_json(p.of(Resource::read))},
          {"written_bytes", forecast_json(p.of(Resource::written))}};
}

Json accuracy_json(const Accuracy& a) {
  Json within = Json::object();
  const auto share = [](std::int64_t part, std::int64_t whole) {
    return whole > 0 ? Json(static_cast<double>(part) / static_cast<double>(whole)) : Json(nullptr);
  };
  for (std::size_t i = 0; i < kCoverageLevels.size(); ++i)
    within[fmt::format("{:g}", kCoverageLevels[i])] = share(a.within[i], a.measured);
  return {{"measured", a.measured},
          {"mean_fit", a.measured > 0 ? Json(a.ratio_sum / static_cast<double>(a.measured)) : Json(nullptr)},
          {"planned", a.planned},
          {"too_small", a.too_small},
          {"too_small_share", share(a.too_small, a.planned)},
          {"coverage", within}};
}

/// The bytes of the UTF-8 character that begins so.
std::size_t bytes_of(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// Of valid UTF-8, of 3 bytes at most.
unsigned code_point(std::string_view character) {
  auto code = static_cast<unsigned char>(character.front()) & (character.size() == 2 ? 0x1FU : 0x0FU);
  if (character.size() == 1) return static_cast<unsigned char>(character.front());
  for (const char c : character.substr(1)) code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  return code;
}

/// JSON lets DEL, C1 and the marks that reorder text stand in a string as they are, where a terminal obeys them. They
/// are all of the basic plane.
std::string escaped(const std::string& json) {
  std::string text;
  text.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    const std::string_view character = std::string_view(json).substr(at, bytes_of(json[at]));
    at += character.size();
    const bool may_harm = character.size() == 1 ? character == "\x7f" : character.size() < 4;
    if (may_harm && harmless(character) != character)
      text += fmt::format("\\u{:04x}", code_point(character));
    else
      text += character;
  }
  return text;
}

}  // namespace

Json to_json(const ReportedJob& job) {
  return {{"job_id", job.job_id},
          {"job_id_text", job.job_id_text},
          {"cluster", job.cluster},
          {"name", job.name},
          {"user", job.user},
          {"uid", job.uid},
          {"account", job.account},
          {"partition", job.partition},
          {"qos", job.qos},
          {"state", job.state},
          {"submit_time", moment(job.submit_s)},
          {"start_time", moment(job.start_s)},
          {"end_time", moment(job.end_s)},
          {"wait_s", or_null(waited(job))},
          {"restarts", job.requeues},
          {"requested",
           {{"limit_s", or_null(job.requested_limit_s)},
            {"memory_per_node_bytes", or_null(job.requested_memory_bytes)},
            {"nodes", or_null(job.requested_nodes)},
            {"cpus", or_null(job.requested_cpus)},
            {"gpus", or_null(job.requested_gpus)}}},
          {"predicted", prediction_json(job)},
          {"planned",
           {{"run_s", or_null(job.planned_run_s)},
            {"memory_per_node_bytes", or_null(job.planned_memory_bytes)},
            {"order_offset_s", or_null(job.order_offset_s)},
            {"run_time_mode", job.run_time_mode},
            {"memory_mode", job.memory_mode},
            {"opted_out", job.opted_out}}},
          {"used",
           {{"run_s", or_null(job.run_s)},
            {"peak_memory_bytes", or_null(job.peak_memory_bytes)},
            {"nodes", or_null(job.allocated_nodes)},
            {"cpus", or_null(job.allocated_cpus)},
            {"cpu_efficiency", or_null(job.cpu_efficiency)},
            {"read_bytes", or_null(job.read_bytes)},
            {"written_bytes", or_null(job.written_bytes)}}},
          {"efficiency",
           {{"run_time", or_null(time_efficiency(job))},
            {"cpu", or_null(job.cpu_efficiency)},
            {"memory", or_null(memory_efficiency(job))}}}};
}

Json to_json(const UserSummary& s) {
  const auto text = [](const std::string& of) { return of.empty() ? Json(nullptr) : Json(of); };
  return {{"user", s.user},
          {"account", text(s.account)},
          {"name", text(s.name)},
          {"array", text(s.array)},
          {"cluster", text(s.cluster)},
          {"jobs", s.jobs},
          {"failed", s.failed},
          {"predicted", s.predicted},
          {"run_time", accuracy_json(s.run_time)},
          {"memory", accuracy_json(s.memory)},
          {"core_hours_requested", s.core_hours_requested},
          {"core_hours_used", s.core_hours_used},
          {"gib_hours_requested", s.gib_hours_requested},
          {"gib_hours_used", s.gib_hours_used},
          {"gpu_hours_requested", s.gpu_hours_requested},
          {"longest_run_s", or_null(s.longest_run_s)},
          {"largest_memory_bytes", or_null(s.largest_memory_bytes)},
          {"cpu_efficiency", s.core_s_measured > 0 ? Json(s.core_s_busy / s.core_s_measured) : Json(nullptr)},
          {"mean_wait_s", s.started > 0 ? Json(s.wait_s / static_cast<double>(s.started)) : Json(nullptr)}};
}

Json to_json(const NameSummary& n) {
  const NextRequest next = next_request(n);
  return {{"user", n.user},
          {"name", n.name},
          {"jobs", n.jobs},
          {"measured", n.measured},
          {"timeouts", n.timeouts},
          {"out_of_memory", n.out_of_memory},
          {"requested",
           {{"limit_s", or_null(n.requested_limit_s)},
            {"memory_per_node_bytes", or_null(n.requested_memory_bytes)},
            {"gpus", or_null(n.requested_gpus)}}},
          {"largest",
           {{"run_s", or_null(n.longest_run_s)}, {"peak_memory_bytes", or_null(n.largest_memory_bytes)}}},
          {"cpu_efficiency", or_null(n.cpu_efficiency)},
          {"core_hours", n.core_hours},
          {"mean_wait_s", or_null(n.mean_wait_s)},
          {"next_request",
           {{"limit_s", or_null(next.limit_s)},
            {"memory_per_node_bytes", or_null(next.memory_bytes)},
            {"cpus", or_null(next.cpus)},
            {"sbatch", sbatch_text(next)},
            {"lines", sbatch_lines(n)}}}};
}

Json to_json(const ReportedHold& h) {
  return {{"cluster", h.cluster},
          {"reservation", h.reservation},
          {"kind", h.kind},
          {"partition", h.partition},
          {"user", h.user.empty() ? Json(nullptr) : Json(h.user)},
          {"nodes", h.nodes},
          {"created", moment(h.created_s)},
          {"deadline", moment(h.deadline_s)},
          {"closed", moment(h.closed_s)},
          {"hits", h.hits},
          {"idle_node_s", h.idle_node_s},
          {"dry_run", h.dry_run}};
}

Json to_json(const StagingWeek& week) {
  return {{"week_begins", week.monday},
          {"user", week.user},
          {"hits", week.hits},
          {"misses", week.misses},
          {"planned", week.planned},
          {"copies", week.staged},
          {"failed", week.failed},
          {"staged_bytes", week.staged_bytes},
          {"expired_bytes", week.expired_bytes},
          {"unused_bytes", week.unused_bytes},
          {"read_saved_s", week.saved_s}};
}

Json to_json(const ShadowWeek& week) {
  const OrderShadow& o = week.order;
  const MemoryShadow& m = week.memory;
  const HoldShadow& h = week.holds;
  return {
      {"week_begins", week.monday_s},
      {"order",
       {{"jobs", o.jobs},
        {"waited", o.waited},
        {"moved", o.moved},
        {"ahead", {{"jobs", o.ahead}, {"of", o.ahead_of}, {"wait_s", o.ahead_wait_s}}},
        {"passed", {{"jobs", o.passed}, {"by", o.passed_by}, {"wait_s", o.passed_wait_s}}}}},
      {"memory",
       {{"jobs", m.jobs},
        {"ended", m.ended},
        {"measured", m.measured},
        {"killed", m.killed},
        {"gib_hours_requested", m.gib_hours_requested},
        {"gib_hours_given_back", m.gib_hours_given_back},
        {"core_hours_again", m.core_hours_again}}},
      {"holds", {{"holds", h.holds}, {"hit", h.hit}, {"unused", h.unused}, {"idle_node_s", h.idle_node_s}}}};
}

Json to_json(const MemorySavings& s) {
  return {{"of", s.week_s > 0 ? Json(nullptr) : Json(s.group)},
          {"week_begins", moment(s.week_s)},
          {"jobs", s.jobs},
          {"unknown_runs", s.unknown},
          {"shaped_runs", s.shaped},
          {"killed_runs", s.killed},
          {"reruns", s.reruns},
          {"gib_hours_requested", s.gib_hours_requested},
          {"gib_hours_allocated", s.gib_hours_allocated},
          {"gib_hours_given_back", s.gib_hours_given_back},
          {"gib_hours_lost", s.gib_hours_lost},
          {"core_hours_lost", s.core_hours_lost},
          {"gib_hours_measured", s.gib_hours_measured},
          {"gib_hours_unused", s.gib_hours_unused}};
}

std::string dumped(const Json& value, int indent) {
  return escaped(value.dump(indent, ' ', false, Json::error_handler_t::replace));
}

}  // namespace foreshape

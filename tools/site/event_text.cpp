// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/event_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "predictor/base/names.h"
#include "predictor/base/text.h"
#include "predictor/journal/names.h"
#include "predictor/plan/names.h"
#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

using Json = nlohmann::ordered_json;

std::string token_text(SubmissionToken token) { return fmt::format("{:016x}", token); }

std::string run_text(const std::optional<std::int64_t>& seconds) {
  return seconds ? elapsed_text(*seconds) : std::string("-");
}
std::string size_text(const std::optional<std::int64_t>& bytes) {
  return bytes ? rough_size_text(*bytes, std::nullopt) : std::string("-");
}
std::optional<std::int64_t> typical(const Prediction& prediction, Resource resource) {
  const Forecast& f = prediction.of(resource);
  return f.known() ? std::optional{static_cast<std::int64_t>(f.typical)} : std::nullopt;
}

std::string order_text(const Plan& plan) {
  return fmt::format(" order_offset={}{}", offset_text(*plan.order_offset_s),
                     plan.order_is_dry ? " (dry run)" : "");
}

std::string text_of(const SubmissionEvent& e) {
  const Prediction& p = e.prediction;
  return fmt::format(
      "submission {} foreshape={} uid={} account={} partition={} qos={} name='{}' run requested={} "
      "predicted={} "
      "planned={} "
      "memory requested={} predicted={} planned={} by {} from {} jobs ({}){}{}{}",
      timestamp_text(e.request.submit_s), token_text(e.token), e.request.uid, e.account.view(),
      e.partition.view(), e.qos.view(), e.name.view(), run_text(e.request.limit_s),
      run_text(typical(p, Resource::run_time)), run_text(e.plan.run_s),
      size_text(e.request.memory_per_node_bytes), size_text(typical(p, Resource::peak_memory)),
      size_text(e.plan.memory_bytes), model_text(p.model), p.of(Resource::run_time).jobs,
      kEvidenceNames.of(p.evidence), e.plan.order_offset_s ? order_text(e.plan) : "",
      e.plan.may_use_pool ? " may_use_pool" : "", e.opted_out ? " opted_out" : "");
}

std::string text_of(const OutcomeEvent& e) {
  return fmt::format("outcome    {} foreshape={} job={} uid={} state={} submitted={} started={}",
                     timestamp_text(e.end_s), token_text(e.token), e.job_id, e.uid,
                     kJobStateNames.of(e.state), timestamp_text(e.submit_s), timestamp_text(e.start_s));
}

std::string text_of(const HoldEvent& e) {
  return fmt::format(
      "hold       {} {} {} {} reservation={} partition={} user={} nodes={} deadline={} job={} "
      "idle_node_s={} {}",
      timestamp_text(e.at_s), kHoldKindNames.of(e.kind), kHoldStepNames.of(e.step),
      kHoldActionNames.of(e.action), e.reservation.view(), e.partition.view(), e.user.view(), e.nodes,
      timestamp_text(e.deadline_s), e.job_id, e.idle_node_s, e.reason.view());
}

std::string text_of(const NoticeEvent& e) {
  return fmt::format("notice     {} lost_events={} {}", timestamp_text(e.at_s), e.lost_events, e.text.view());
}

std::string text_of(const StageEvent& e) {
  return fmt::format("stage      {} {} uid={} job={} bytes={} copy_ms={} uses={} file_system={} source={} {}",
                     timestamp_text(e.at_s), kStageStepNames.of(e.step), e.uid, e.job_id, e.bytes, e.copy_ms,
                     e.uses, e.file_system.view(), e.source.view(), e.reason.view());
}

template <class T>
Json json_of(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json json_of(const JobRequest& r) {
  return {{"submit_s", r.submit_s},
          {"uid", r.uid},
          {"nodes", json_of(r.nodes)},
          {"cpus", json_of(r.cpus)},
          {"tasks", json_of(r.tasks)},
          {"gpus", json_of(r.gpus)},
          {"memory_per_node_bytes", json_of(r.memory_per_node_bytes)},
          {"limit_s", json_of(r.limit_s)},
          {"array_tasks", r.array_tasks},
          {"interactive", r.interactive},
          {"has_dependency", r.has_dependency},
          {"hashes",
           {{"account", r.account},
            {"partition", r.partition},
            {"qos", r.qos},
            {"name", r.name},
            {"script", r.script},
            {"work_dir", r.work_dir},
            {"gres", r.gres},
            {"licenses", r.licenses},
            {"burst_buffer", r.burst_buffer}}}};
}

Json json_of(const Prediction& p) {
  Json json = {{"evidence", kEvidenceNames.of(p.evidence)},
               {"similar_jobs", p.similar_jobs},
               {"model", model_text(p.model)}};
  for (std::size_t i = 0; i < kResources; ++i) {
    const Forecast& f = p.forecasts.at(i);
    if (f.known())
      json[kResourceNames.of(static_cast<Resource>(i))] = {
          {"quantiles", f.quantiles}, {"typical", f.typical}, {"mean", f.mean}, {"jobs", f.jobs}};
  }
  return json;
}

Json json_of(const Plan& p) {
  Json modes;
  for (std::size_t i = 0; i < kLevers; ++i)
    modes[kLeverNames.of(static_cast<Lever>(i))] = kModeNames.of(p.modes.at(i));
  return {{"modes", modes},
          {"run_s", json_of(p.run_s)},
          {"memory_bytes", json_of(p.memory_bytes)},
          {"shaped_memory_mib", json_of(p.shaped_memory_mib)},
          {"order_offset_s", json_of(p.order_offset_s)},
          {"order_is_dry", p.order_is_dry},
          {"may_use_pool", p.may_use_pool}};
}

Json json_of(const SubmissionEvent& e) {
  return {{"kind", "submission"},          {"token", token_text(e.token)},
          {"account", e.account.view()},   {"partition", e.partition.view()},
          {"qos", e.qos.view()},           {"name", e.name.view()},
          {"opted_out", e.opted_out},      {"decided_in_ns", e.decided_in_ns},
          {"request", json_of(e.request)}, {"prediction", json_of(e.prediction)},
          {"plan", json_of(e.plan)}};
}

Json json_of(const OutcomeEvent& e) {
  return {{"kind", "outcome"},      {"token", token_text(e.token)},
          {"job_id", e.job_id},     {"uid", e.uid},
          {"submit_s", e.submit_s}, {"start_s", e.start_s},
          {"end_s", e.end_s},       {"state", kJobStateNames.of(e.state)}};
}

Json json_of(const HoldEvent& e) {
  return {{"kind", "hold"},
          {"hold", kHoldKindNames.of(e.kind)},
          {"step", kHoldStepNames.of(e.step)},
          {"action", kHoldActionNames.of(e.action)},
          {"at_s", e.at_s},
          {"reservation", e.reservation.view()},
          {"partition", e.partition.view()},
          {"user", e.user.view()},
          {"nodes", e.nodes},
          {"deadline_s", e.deadline_s},
          {"job_id", e.job_id},
          {"idle_node_s", e.idle_node_s},
          {"reason", e.reason.view()}};
}

Json json_of(const NoticeEvent& e) {
  return {{"kind", "notice"}, {"at_s", e.at_s}, {"lost_events", e.lost_events}, {"text", e.text.view()}};
}

Json json_of(const StageEvent& e) {
  return {{"kind", "stage"},
          {"step", kStageStepNames.of(e.step)},
          {"at_s", e.at_s},
          {"uid", e.uid},
          {"job_id", e.job_id},
          {"bytes", e.bytes},
          {"copy_ms", e.copy_ms},
          {"uses", e.uses},
          {"user_number", e.user_number},
          {"source", e.source.view()},
          {"file_system", e.file_system.view()},
          {"reason", e.reason.view()}};
}

}  // namespace

std::string event_text(const JournalEntry& entry) {
  const std::string text = std::visit([](const auto& event) { return text_of(event); }, entry.event);
  return harmless(fmt::format("{} {}", entry.sequence, text));
}

Json event_json(const JournalEntry& entry) {
  Json json = {{"sequence", entry.sequence}};
  json.update(std::visit([](const auto& event) { return json_of(event); }, entry.event));
  return json;
}

}  // namespace foreshape

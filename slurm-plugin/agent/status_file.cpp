// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/status_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <slurm/slurm_version.h>
#include <unistd.h>

#include "predictor/base/text.h"
#include "predictor/plan/names.h"

namespace foreshape {
namespace {

using Json = nlohmann::ordered_json;

Json microseconds(std::uint64_t ns) { return static_cast<double>(ns) / 1000.0; }

Json latency_json(const LatencyHistogram& histogram) {
  const LatencySummary s = histogram.summary();
  return {{"count", s.count},
          {"mean_us", s.mean_ns / 1000.0},
          {"p50_us", microseconds(s.p50_ns)},
          {"p90_us", microseconds(s.p90_ns)},
          {"p99_us", microseconds(s.p99_ns)},
          {"p999_us", microseconds(s.p999_ns)},
          {"max_us", microseconds(s.max_ns)}};
}

Json jobs_json(const JobCounts& jobs) {
  return {{"submitted", jobs.submitted.load()},   {"passed", jobs.passed.load()},
          {"opted_out", jobs.opted_out.load()},   {"predicted", jobs.predicted.load()},
          {"advised", jobs.advised.load()},       {"ordered", jobs.ordered.load()},
          {"renewed", jobs.renewed.load()},       {"pooled", jobs.pooled.load()},
          {"modified", jobs.modified.load()},     {"by_model", jobs.by_model.load()},
          {"model_busy", jobs.model_busy.load()}, {"again", jobs.again.load()},
          {"unmatched", jobs.unmatched.load()}};
}

Json memory_json(const JobCounts& jobs, const MemoryMargins& margins) {
  constexpr double kMibOfGib = 1024;
  return {{"shaped", jobs.shaped.load()},
          {"would_shape", jobs.would_shape.load()},
          {"resized", jobs.resized.load()},
          {"saved_gib", static_cast<double>(jobs.saved_mib.load()) / kMibOfGib},
          {"kills", jobs.memory_kills.load()},
          {"requeues", jobs.memory_requeues.load()},
          {"returns", jobs.memory_returns.load()},
          {"fallback_for_all", margins.all_keep_request()},
          {"fallback_users", margins.users_that_keep_it().size()},
          {"largest_headroom", margins.largest_headroom()}};
}

Json trial_json(const TrialState& trials, const Policy& policy) {
  const TrialMode mode =
      policy.has_trials() ? std::max(policy.trials.mode, TrialMode::opt_in) : TrialMode::off;
  return {{"mode", kTrialModeNames.of(mode)},   {"started", trials.started.load()},
          {"ended", trials.ended.load()},       {"ran_on", trials.ran_on.load()},
          {"requeued", trials.requeued.load()}, {"rescued", trials.rescued.load()},
          {"open", trials.open.load()},         {"lost_core_h", trials.lost_core_h.load()}};
}

/// What was brought back from the journal at the start.
Json recall_json(const RecallState& recall) {
  return {{"done", recall.done},         {"submissions", recall.submissions},
          {"outcomes", recall.outcomes}, {"unreadable", recall.unreadable},
          {"seconds", recall.seconds},   {"error", harmless(recall.error)}};
}

Json profiles_json(const ProfileStore& profiles, const SnapshotState& snapshot) {
  const ProfileCounts counts = profiles.counts();
  return {{"snapshot_made", snapshot.made_s},
          {"snapshot_loaded", snapshot.loaded_s},
          {"snapshot_load_seconds", snapshot.load_seconds},
          {"snapshot_bytes", snapshot.bytes},
          {"snapshot_refused", harmless(snapshot.refused)},
          {"users", counts.table_users},
          {"jobs", counts.table_jobs},
          {"newer_users", counts.newer_users},
          {"newer_jobs", counts.newer_jobs},
          {"refused", counts.refused}};
}

Json model_json(const ModelState& model, const Settings& settings) {
  return {{"on", settings.model},
          {"file", harmless(settings.model_file)},
          {"checksum", model.checksum == 0 ? "" : fmt::format("{:016x}", model.checksum)},
          {"made", model.made_s},
          {"loaded", model.loaded_s},
          {"rows", model.rows},
          {"predict_us", model.predict_us},
          {"arrivals", model.arrivals},
          {"refused", harmless(model.refused)},
          {"blend_users", model.blend_users},
          {"blend_jobs", model.blend_everybody.jobs},
          {"blend_lead", model.blend_everybody.share[1]},
          {"blend_learned", model.learned},
          {"blend_error", harmless(model.blend_error)}};
}

Json journal_json(const RuntimeState& state, const JournalSummary& journal) {
  return {{"directory", harmless(state.settings.get()->journal_dir)},
          {"open", journal.open},
          {"written", journal.written},
          {"next_sequence", journal.next_sequence},
          {"bytes", journal.bytes},
          {"queued", state.events.size() + journal.waiting},
          {"queue_capacity", state.events.capacity()},
          {"lost", state.events.lost() + journal.lost_before},
          {"lost_before", journal.lost_before},
          {"brought_back", journal.brought_back},
          {"dropped_before_ingest", journal.dropped_records},
          {"error", harmless(journal.last_error)}};
}

Json holds_json(const RuntimeState& state, const HoldSummary& holds) {
  return {{"mode", kHoldModeNames.of(holds.mode)},
          {"forecaster", holds.forecast.by},
          {"forecast_users", holds.forecast.users},
          {"forecast_by_network", holds.forecast.by_network},
          {"forecast_us", holds.forecast.us},
          {"foreseen_users", holds.foreseen_users},
          {"pool_nodes", holds.pool_nodes},
          {"pool_free_nodes", holds.pool_free_nodes},
          {"personal_holds", holds.personal_holds},
          {"personal_nodes", holds.personal_nodes},
          {"chain_holds", holds.chain_holds},
          {"hits", holds.hits},
          {"misses", holds.misses},
          {"refused", holds.refused},
          {"last_refusal", holds.last_refusal},
          {"idle_node_s_today", holds.idle_node_s},
          {"idle_cap_node_s", state.settings.get()->policy.hold.idle_cap_node_s}};
}

Json settings_json(const Settings& settings, const StatusParts& parts) {
  return {{"file", harmless(parts.settings_file)},
          {"error", harmless(parts.settings_error)},
          {"text", format_settings(settings)}};
}

Json slurm_json(const SiteFacts& facts, const UserDefaults& defaults) {
  Json json = {{"version", SLURM_VERSION_NUMBER},
               {"slurm_conf", harmless(facts.slurm_conf_file)},
               {"cluster", harmless(facts.cluster)},
               {"nodes", facts.nodes},
               {"cpus", facts.cpus},
               {"scheduler_type", harmless(facts.scheduler_type)},
               {"scheduler_parameters", harmless(facts.scheduler_parameters)},
               {"priority_type", harmless(facts.priority_type)},
               {"priority_weight_age", facts.priority_weight_age},
               {"priority_max_age_s", facts.priority_max_age_s},
               {"base_points", facts.base_points()},
               {"default_accounts", defaults.users()},
               {"carries_order", facts.order_scale().has_value()}};
  json["bf_min_prio_reserve"] = facts.bf_min_prio_reserve ? Json(*facts.bf_min_prio_reserve) : Json();
  return json;
}

}  // namespace

std::string status_json(const RuntimeState& state, const StatusParts& parts) {
  const auto settings = state.settings.get();
  Json modes;
  for (std::size_t lever = 0; lever < kLevers; ++lever)
    modes[kLeverNames.of(static_cast<Lever>(lever))] = kModeNames.of(settings->policy.modes.at(lever));
  const Json json = {{"version", 1},
                     {"written", state.clock.now_s()},
                     {"started", state.started_s},
                     {"pid", ::getpid()},
                     {"enabled", settings->enabled},
                     {"kill_switch", state.kill_switch.load()},
                     {"observe_only", state.observe_only.load()},
                     {"modes", modes},
                     {"faults", state.faults.total()},
                     {"jobs", jobs_json(state.jobs)},
                     {"memory", memory_json(state.jobs, *state.memory_margins.get())},
                     {"trial", trial_json(state.trials, settings->policy)},
                     {"queue",
                      {{"waiting", state.queue.waiting.load()},
                       {"overdue", state.queue.overdue.load()},
                       {"users_overrunning", state.overruns.get()->size()}}},
                     {"submit_latency", latency_json(state.submit_latency)},
                     {"profiles", profiles_json(state.profiles, parts.snapshot)},
                     {"recall", recall_json(parts.recall)},
                     {"model", model_json(parts.model, *settings)},
                     {"journal", journal_json(state, parts.journal)},
                     {"pool_free_nodes", parts.holds.pool_free_nodes},
                     {"holds", holds_json(state, parts.holds)},
                     {"settings", settings_json(*settings, parts)},
                     {"slurm", slurm_json(*state.facts.get(), *state.defaults.get())}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace foreshape

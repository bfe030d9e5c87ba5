// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/hold_state.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace foreshape {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

Json json_of(const ChainLink& chain) {
  return Json::array({chain.after, chain.successor, chain.since_s, chain.ended_s, chain.wait_s});
}

ChainLink chain_of(const Json& json, UnixSeconds now_s) {
  return {.after = json.at(0).get<JobId>(),
          .successor = json.at(1).get<JobId>(),
          .since_s = std::min(json.at(2).get<UnixSeconds>(), now_s),
          .ended_s = std::min(json.at(3).get<UnixSeconds>(), now_s),
          .wait_s = json.at(4).get<std::int64_t>()};
}

Json json_of(const HoldRecord& record) {
  const LiveHold& hold = record.hold;
  return {{"name", hold.name},
          {"personal", hold.kind == HoldKind::personal},
          {"partition", hold.partition},
          {"user", hold.user},
          {"nodes", hold.nodes},
          {"deadline", hold.deadline_s},
          {"fulfilled", hold.is_fulfilled},
          {"ends", hold.ends_s},
          {"created", record.created_s},
          {"looked", record.looked_s},
          {"idle_node_s", record.idle_node_s},
          {"chain", json_of(hold.chain)},
          {"hits", record.hits}};
}

HoldRecord record_of(const Json& json, UnixSeconds now_s) {
  HoldRecord record;
  LiveHold& hold = record.hold;
  hold.kind = json.at("personal").get<bool>() ? HoldKind::personal : HoldKind::pool;
  json.at("name").get_to(hold.name);
  json.at("partition").get_to(hold.partition);
  json.at("user").get_to(hold.user);
  json.at("nodes").get_to(hold.nodes);
  json.at("deadline").get_to(hold.deadline_s);
  json.at("fulfilled").get_to(hold.is_fulfilled);
  json.at("ends").get_to(hold.ends_s);
  json.at("created").get_to(record.created_s);
  json.at("looked").get_to(record.looked_s);
  json.at("idle_node_s").get_to(record.idle_node_s);
  json.at("hits").get_to(record.hits);
  // Older files have none.
  if (const auto chain = json.find("chain"); chain != json.end()) hold.chain = chain_of(*chain, now_s);
  return record;
}

Json json_of(const MissTracker& tracker) {
  Json records = Json::array();
  for (const MissRecord& m : tracker.records())
    records.push_back(Json::array({m.user, m.misses, m.barred_until_s}));
  return records;
}

MissTracker tracker_of(const Json& json, UnixSeconds now_s) {
  std::vector<MissRecord> records;
  for (const Json& m : json)
    records.push_back({m.at(0).get<std::string>(), m.at(1).get<std::uint32_t>(), m.at(2).get<UnixSeconds>()});
  return {records, now_s};
}

Json json_of(JobId job, const AdmittedJob& entry) {
  return {{"job", job},
          {"hold", entry.hold},
          {"limit", entry.size.limit_s.value_or(0)},
          {"size", Json::array({entry.size.nodes, entry.size.cpus})},
          {"elsewhere", entry.elsewhere},
          {"since", entry.since_s},
          {"may_run", entry.may_run_s},
          {"started", entry.has_started},
          {"overrun", entry.has_overrun},
          {"counted_from", entry.counted_from_s},
          {"not_before", entry.not_before_s}};
}

/// A version before kept each job's nodes instead of elsewhere, and 0 for a run that counts from its start:
/// that counts from now on.
AdmittedJobs admitted_of(const Json& json, UnixSeconds now_s) {
  AdmittedJobs admitted;
  for (const Json& g : json) {
    AdmittedJob& entry = admitted[g.at("job").get<JobId>()];
    g.at("hold").get_to(entry.hold);
    if (const auto limit_s = g.at("limit").get<std::int64_t>(); limit_s > 0) entry.size.limit_s = limit_s;
    g.at("size").at(0).get_to(entry.size.nodes);
    g.at("size").at(1).get_to(entry.size.cpus);
    entry.elsewhere = g.value("elsewhere", 0U);
    entry.since_s = std::min(g.at("since").get<UnixSeconds>(), now_s);
    g.at("may_run").get_to(entry.may_run_s);
    g.at("started").get_to(entry.has_started);
    g.at("overrun").get_to(entry.has_overrun);
    entry.counted_from_s = std::min(g.at("counted_from").get<UnixSeconds>(), now_s);
    if (entry.has_started && entry.counted_from_s == 0) entry.counted_from_s = now_s;
    entry.not_before_s =
        std::min(g.at("not_before").get<UnixSeconds>(), now_s + AdmittedJob::kNotAgainSeconds);
  }
  return admitted;
}

HoldState state_of(const Json& json, UnixSeconds now_s) {
  HoldState state;
  json.at("next_number").get_to(state.next_number);
  for (const Json& hold : json.at("holds")) state.holds.push_back(record_of(hold, now_s));
  std::vector<IdleEntry> spent;
  for (const Json& e : json.at("spent"))
    spent.push_back({e.at(0).get<UnixSeconds>(), e.at(1).get<std::string>(), e.at(2).get<std::string>(),
                     e.at(3).get<std::int64_t>()});
  state.ledger = IdleLedger(spent, now_s);
  state.misses = tracker_of(json.at("misses"), now_s);
  // Older files have none.
  if (const auto overruns = json.find("overruns"); overruns != json.end())
    state.overruns = tracker_of(*overruns, now_s);
  for (const char* key : {"guests", "admitted"})  // the former in files of before it was renamed
    if (const auto jobs = json.find(key); jobs != json.end()) state.admitted = admitted_of(*jobs, now_s);
  return state;
}

}  // namespace

std::string format_hold_state(const HoldState& state) {
  Json holds = Json::array(), spent = Json::array(), admitted = Json::array();
  for (const HoldRecord& record : state.holds) holds.push_back(json_of(record));
  for (const IdleEntry& e : state.ledger.entries())
    spent.push_back(Json::array({e.from_s, e.partition, e.user, e.node_s}));
  for (const auto& [job, entry] : state.admitted) admitted.push_back(json_of(job, entry));
  const Json json = {{"admitted", std::move(admitted)},    {"version", kVersion},
                     {"next_number", state.next_number},   {"holds", std::move(holds)},
                     {"spent", std::move(spent)},          {"misses", json_of(state.misses)},
                     {"overruns", json_of(state.overruns)}};
  return json.dump(1, ' ', true, Json::error_handler_t::replace) + "\n";
}

Result<HoldState> parse_hold_state(std::string_view text, UnixSeconds now_s) {
  try {
    const Json json = Json::parse(text);
    if (json.at("version").get<int>() != kVersion)
      return failure(ErrorCode::corrupt, "not of version " + std::to_string(kVersion));
    return state_of(json, now_s);
  } catch (const Json::exception& e) {
    return failure(ErrorCode::corrupt, e.what());
  }
}

}  // namespace foreshape

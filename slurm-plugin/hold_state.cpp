#include "slurm-plugin/hold_state.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace foreshape {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

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
          {"hits", record.hits}};
}

HoldRecord record_of(const Json& json) {
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
  return record;
}

HoldState state_of(const Json& json, UnixSeconds now_s) {
  HoldState state;
  json.at("next_number").get_to(state.next_number);
  for (const Json& hold : json.at("holds")) state.holds.push_back(record_of(hold));
  std::vector<IdleEntry> spent;
  for (const Json& e : json.at("spent"))
    spent.push_back({e.at(0).get<UnixSeconds>(), e.at(1).get<std::string>(), e.at(2).get<std::string>(),
                     e.at(3).get<std::int64_t>()});
  state.ledger = IdleLedger(spent, now_s);
  std::vector<MissRecord> misses;
  for (const Json& m : json.at("misses"))
    misses.push_back({m.at(0).get<std::string>(), m.at(1).get<std::uint32_t>(), m.at(2).get<UnixSeconds>()});
  state.misses = MissBook(misses, now_s);
  return state;
}

}  // namespace

std::string format_hold_state(const HoldState& state) {
  Json holds = Json::array(), spent = Json::array(), misses = Json::array();
  for (const HoldRecord& record : state.holds) holds.push_back(json_of(record));
  for (const IdleEntry& e : state.ledger.entries())
    spent.push_back(Json::array({e.from_s, e.partition, e.user, e.node_s}));
  for (const MissRecord& m : state.misses.records())
    misses.push_back(Json::array({m.user, m.misses, m.barred_until_s}));
  const Json json = {{"version", kVersion},
                     {"next_number", state.next_number},
                     {"holds", std::move(holds)},
                     {"spent", std::move(spent)},
                     {"misses", std::move(misses)}};
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

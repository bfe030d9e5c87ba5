// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/hold_store.h"

#include <algorithm>

#include "predictor/base/text.h"
#include "predictor/journal/names.h"
#include "predictor/plan/names.h"
#include "sql/queries.h"

namespace foreshape {
namespace {

std::string text_of(const auto& bounded) { return harmless(bounded.view()); }

/// What no clock shows is kept at the bound: the database would refuse it, and with it all that comes after.
PgParam time_of(UnixSeconds time_s) {
  return time_s > 0 ? pg(std::min<UnixSeconds>(time_s, UINT32_MAX)) : std::nullopt;
}

std::string nodes_of(const HoldEvent& e) {
  return std::to_string(std::min<std::int64_t>(e.nodes, INT32_MAX));
}

Result<void> begin_hold(Pg& db, const std::string& cluster, const HoldEvent& e) {
  const char* only_if_unknown = e.step == HoldPhase::adopted ? "t" : "f";
  const auto done = db.query(
      kBeginHoldSql, {cluster, text_of(e.reservation), time_of(std::max<UnixSeconds>(e.at_s, 1)),
                      kHoldKindNames.of(e.kind), text_of(e.partition), text_of(e.user), nodes_of(e),
                      time_of(e.deadline_s), e.step == HoldPhase::would ? "t" : "f", only_if_unknown});
  if (!done) return tl::make_unexpected(done.error());
  return {};
}

Result<void> update_hold(Pg& db, const std::string& cluster, const HoldEvent& e, bool resized, bool closed) {
  const auto done = db.query(kUpdateOpenHoldSql,
                             {cluster, text_of(e.reservation), time_of(std::max<UnixSeconds>(e.at_s, 1)),
                              resized ? "t" : "f", nodes_of(e), time_of(e.deadline_s),
                              e.step == HoldPhase::hit ? "1" : "0", pg(e.idle_node_s), closed ? "t" : "f"});
  if (!done) return tl::make_unexpected(done.error());
  return {};
}

Result<void> apply(Pg& db, const std::string& cluster, const HoldEvent& e) {
  const bool worked = e.step == HoldPhase::done || e.step == HoldPhase::would;
  const bool resized = worked && (e.action == HoldAction::grow || e.action == HoldAction::shrink ||
                                  e.action == HoldAction::move);
  const bool closed =
      e.step == HoldPhase::released || (e.step == HoldPhase::would && e.action == HoldAction::release);
  if (e.step == HoldPhase::adopted || (worked && e.action == HoldAction::create))
    return begin_hold(db, cluster, e);
  if (resized || closed || e.step == HoldPhase::hit) return update_hold(db, cluster, e, resized, closed);
  return {};  // intend, refused: kept as steps only
}

}  // namespace

Result<void> store_hold_step(Pg& db, const IngestSource& source, std::uint64_t sequence, const HoldEvent& e) {
  const std::string cluster = harmless(source.cluster);
  const auto kept = db.query(
      kAddHoldStepSql,
      {cluster, harmless(source.name), pg(static_cast<std::int64_t>(sequence)),
       time_of(std::max<UnixSeconds>(e.at_s, 1)), kHoldKindNames.of(e.kind), kHoldStepNames.of(e.step),
       kHoldActionNames.of(e.action), text_of(e.reservation), text_of(e.partition), text_of(e.user),
       nodes_of(e), time_of(e.deadline_s), e.job_id > 0 ? pg(std::int64_t{e.job_id}) : std::nullopt,
       pg(e.idle_node_s), text_of(e.reason)});
  if (!kept) return tl::make_unexpected(kept.error());
  return kept->affected() > 0 ? apply(db, cluster, e) : Result<void>{};
}

}  // namespace foreshape

#include "sql/hold_store.h"

#include <algorithm>

#include "predictor/base/text.h"

namespace foreshape {
namespace {

using Kind = HoldEvent::Kind;
using Step = HoldEvent::Step;
using Action = HoldEvent::Action;

constexpr const char* kKinds[] = {"pool", "personal"};
constexpr const char* kSteps[] = {"intend", "done", "refused", "hit", "released", "adopted", "would"};
constexpr const char* kActions[] = {"none", "create", "grow", "shrink", "move", "release"};

template <class E, std::size_t N>
std::string word(const char* const (&words)[N], E value) {
  return words[std::min(static_cast<std::size_t>(value), N - 1)];
}

std::string text_of(const auto& bounded) { return harmless(bounded.view()); }

/// What no clock shows is kept at the bound: the database would refuse it, and with it all that comes after.
PgParam time_of(UnixSeconds time_s) {
  return time_s > 0 ? pg(std::min<UnixSeconds>(time_s, UINT32_MAX)) : std::nullopt;
}

// The newest hold of that name that is still open.
constexpr const char* kUpdateOpen = R"sql(
UPDATE foreshape.pre_allocation h SET
  nodes = CASE WHEN $4::boolean THEN $5::integer ELSE nodes END,
  deadline = CASE WHEN $4::boolean THEN coalesce(to_timestamp($6::bigint), deadline) ELSE deadline END,
  hits = hits + $7::integer,
  idle_node_s = greatest(idle_node_s, $8::bigint),
  closed_at = CASE WHEN $9::boolean THEN to_timestamp($3::bigint) ELSE NULL END
WHERE cluster = $1 AND reservation = $2 AND closed_at IS NULL
  AND created_at = (SELECT max(created_at) FROM foreshape.pre_allocation o
                    WHERE o.cluster = $1 AND o.reservation = $2 AND o.closed_at IS NULL)
)sql";

constexpr const char* kBegin = R"sql(
INSERT INTO foreshape.pre_allocation (cluster, reservation, created_at, kind, partition, user_name, nodes, deadline, dry_run)
SELECT $1, $2, to_timestamp($3::bigint), $4, $5, $6, $7::integer, to_timestamp($8::bigint), $9::boolean
WHERE NOT EXISTS (SELECT FROM foreshape.pre_allocation
                  WHERE cluster = $1 AND reservation = $2 AND closed_at IS NULL AND $10::boolean)
ON CONFLICT DO NOTHING
)sql";

constexpr const char* kKeep = R"sql(
INSERT INTO foreshape.pre_allocation_step (cluster, journal, sequence, at, kind, step, action, reservation, partition,
  user_name, nodes, deadline, job_id, idle_node_s, reason)
VALUES ($1, $2, $3::bigint, to_timestamp($4::bigint), $5, $6, $7, $8, $9, $10, $11::integer, to_timestamp($12::bigint),
  $13::bigint, $14::bigint, $15)
ON CONFLICT DO NOTHING
)sql";

std::string nodes_of(const HoldEvent& e) {
  return std::to_string(std::min<std::int64_t>(e.nodes, INT32_MAX));
}

Result<void> begin_hold(Pg& db, const std::string& cluster, const HoldEvent& e) {
  const char* only_if_unknown = e.step == Step::adopted ? "t" : "f";
  const auto done =
      db.query(kBegin, {cluster, text_of(e.reservation), time_of(std::max<UnixSeconds>(e.at_s, 1)),
                        word(kKinds, e.kind), text_of(e.partition), text_of(e.user), nodes_of(e),
                        time_of(e.deadline_s), e.step == Step::would ? "t" : "f", only_if_unknown});
  if (!done) return tl::make_unexpected(done.error());
  return {};
}

Result<void> update_hold(Pg& db, const std::string& cluster, const HoldEvent& e, bool resized, bool closed) {
  const auto done =
      db.query(kUpdateOpen, {cluster, text_of(e.reservation), time_of(std::max<UnixSeconds>(e.at_s, 1)),
                             resized ? "t" : "f", nodes_of(e), time_of(e.deadline_s),
                             e.step == Step::hit ? "1" : "0", pg(e.idle_node_s), closed ? "t" : "f"});
  if (!done) return tl::make_unexpected(done.error());
  return {};
}

Result<void> apply(Pg& db, const std::string& cluster, const HoldEvent& e) {
  const bool worked = e.step == Step::done || e.step == Step::would;
  const bool resized =
      worked && (e.action == Action::grow || e.action == Action::shrink || e.action == Action::move);
  const bool closed = e.step == Step::released || (e.step == Step::would && e.action == Action::release);
  if (e.step == Step::adopted || (worked && e.action == Action::create)) return begin_hold(db, cluster, e);
  if (resized || closed || e.step == Step::hit) return update_hold(db, cluster, e, resized, closed);
  return {};  // intend, refused: kept as steps only
}

}  // namespace

Result<void> store_hold_step(Pg& db, const IngestSource& source, std::uint64_t sequence, const HoldEvent& e) {
  const std::string cluster = harmless(source.cluster);
  const auto kept = db.query(
      kKeep, {cluster, harmless(source.name), pg(static_cast<std::int64_t>(sequence)),
              time_of(std::max<UnixSeconds>(e.at_s, 1)), word(kKinds, e.kind), word(kSteps, e.step),
              word(kActions, e.action), text_of(e.reservation), text_of(e.partition), text_of(e.user),
              nodes_of(e), time_of(e.deadline_s), e.job_id > 0 ? pg(std::int64_t{e.job_id}) : std::nullopt,
              pg(e.idle_node_s), text_of(e.reason)});
  if (!kept) return tl::make_unexpected(kept.error());
  return kept->affected() > 0 ? apply(db, cluster, e) : Result<void>{};
}

}  // namespace foreshape

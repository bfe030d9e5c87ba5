#include "sql/watermark.h"

#include "predictor/base/text.h"

namespace foreshape {
namespace {

Result<Watermark> first_row(const Result<PgRows>& rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  if (rows->size() == 0) return Watermark{};
  return Watermark{rows->integer(0, 0), rows->integer(0, 1)};
}

}  // namespace

Result<Watermark> read_watermark(Pg& db, const IngestSource& source) {
  return first_row(
      db.query("SELECT extract(epoch FROM up_to)::bigint, sequence FROM foreshape.ingest_watermark"
               " WHERE cluster = $1 AND source = $2",
               {harmless(source.cluster), harmless(source.name)}));
}

Result<Watermark> lock_watermark(Pg& db, const IngestSource& source) {
  const auto made = db.query(
      "INSERT INTO foreshape.ingest_watermark (cluster, source) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      {harmless(source.cluster), harmless(source.name)});
  if (!made) return tl::make_unexpected(made.error());
  return first_row(
      db.query("SELECT extract(epoch FROM up_to)::bigint, sequence FROM foreshape.ingest_watermark"
               " WHERE cluster = $1 AND source = $2 FOR UPDATE",
               {harmless(source.cluster), harmless(source.name)}));
}

Result<void> move_watermark(Pg& db, const IngestSource& source, const Watermark& to) {
  const auto moved = db.query(
      "INSERT INTO foreshape.ingest_watermark AS w (cluster, source, up_to, sequence)"
      " VALUES ($1, $2, to_timestamp($3::bigint), $4)"
      " ON CONFLICT (cluster, source) DO UPDATE SET up_to = greatest(w.up_to, excluded.up_to),"
      "   sequence = greatest(w.sequence, excluded.sequence), updated_at = now()",
      {harmless(source.cluster), harmless(source.name), pg(to.up_to_s), pg(to.sequence)});
  if (!moved) return tl::make_unexpected(moved.error());
  return {};
}

}  // namespace foreshape

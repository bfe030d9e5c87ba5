// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/watermark.h"

#include "predictor/base/text.h"
#include "sql/queries.h"

namespace foreshape {
namespace {

Result<Watermark> first_row(const Result<PgRows>& rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  if (rows->size() == 0) return Watermark{};
  return Watermark{rows->integer(0, 0), rows->integer(0, 1)};
}

}  // namespace

Result<Watermark> read_watermark(Pg& db, const IngestSource& source) {
  return first_row(db.query(kReadWatermarkSql, {harmless(source.cluster), harmless(source.name)}));
}

Result<Watermark> lock_watermark(Pg& db, const IngestSource& source) {
  const auto made = db.query(kBeginWatermarkSql, {harmless(source.cluster), harmless(source.name)});
  if (!made) return tl::make_unexpected(made.error());
  return first_row(db.query(kLockWatermarkSql, {harmless(source.cluster), harmless(source.name)}));
}

Result<void> move_watermark(Pg& db, const IngestSource& source, const Watermark& to) {
  const auto moved = db.query(
      kMoveWatermarkSql, {harmless(source.cluster), harmless(source.name), pg(to.up_to_s), pg(to.sequence)});
  if (!moved) return tl::make_unexpected(moved.error());
  return {};
}

Result<void> set_back_watermark(Pg& db, const IngestSource& source, UnixSeconds to_s) {
  const auto set =
      db.query(kSetBackWatermarkSql, {harmless(source.cluster), harmless(source.name), pg(to_s)});
  if (!set) return tl::make_unexpected(set.error());
  return {};
}

}  // namespace foreshape

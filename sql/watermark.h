// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How far each source is ingested; moved in the very transaction that stores the rows.
//
// Runs in: offline.
// Threads: as the connection.

#include <optional>
#include <string>

#include "predictor/base/clock.h"
#include "sql/pg.h"

namespace foreshape {

/// A source of one cluster: "sacct", or "journal:<directory>".
struct IngestSource {
  std::string cluster, name;
};

struct Watermark {
  std::optional<UnixSeconds> up_to_s;
  std::optional<std::int64_t> sequence;
};

/// Empty where the source was never ingested. Errors: those of Pg.
Result<Watermark> read_watermark(Pg& db, const IngestSource& source);

/// Within a transaction: reads it, and keeps others from moving it until the transaction ends.
Result<Watermark> lock_watermark(Pg& db, const IngestSource& source);

/// Within a transaction. It never goes back.
Result<void> move_watermark(Pg& db, const IngestSource& source, const Watermark& to);

/// For a watermark that a wrong clock had moved ahead: the one way back.
Result<void> set_back_watermark(Pg& db, const IngestSource& source, UnixSeconds to_s);

}  // namespace foreshape

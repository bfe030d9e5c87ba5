// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Parameters of a query, in PostgreSQL's text form.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace foreshape {

/// One parameter ($1, $2, ...) in PostgreSQL's text form; nullopt is NULL. Text must have gone through
/// harmless() or be ours: PostgreSQL refuses invalid UTF-8 and NUL bytes.
using PgParam = std::optional<std::string>;

inline PgParam pg(std::int64_t value) { return std::to_string(value); }
inline PgParam pg(const std::optional<std::int64_t>& value) { return value ? pg(*value) : std::nullopt; }
/// A text[] parameter: '{"a","b"}'.
PgParam pg_array(std::span<const std::string> values);

}  // namespace foreshape

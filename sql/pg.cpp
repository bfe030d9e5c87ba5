// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/pg.h"

#include <array>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <vector>

#include "sql/pg_error.h"

namespace foreshape {
namespace {

template <class Close>
PGconn* as_connection(const std::unique_ptr<void, Close>& p) {
  return static_cast<PGconn*>(p.get());
}

std::vector<const char*> pointers(std::span<const PgParam> params) {
  std::vector<const char*> values;
  values.reserve(params.size());
  for (const auto& p : params) values.push_back(p ? p->c_str() : nullptr);
  return values;
}

}  // namespace

void Pg::Finish::operator()(void* connection) const noexcept { PQfinish(static_cast<PGconn*>(connection)); }

Result<Pg> Pg::connect(const std::string& conninfo) {
  const std::array keys = {"dbname", "fallback_application_name", "client_encoding", "options",
                           static_cast<const char*>(nullptr)};
  const std::array values = {conninfo.c_str(), "foreshape", "UTF8",
                             "-c search_path=foreshape,pg_catalog -c timezone=UTC -c datestyle=ISO",
                             static_cast<const char*>(nullptr)};
  Pg pg{PQconnectdbParams(keys.data(), values.data(), 1)};
  if (!pg.connection_) return failure(ErrorCode::unavailable, "libpq is out of memory");
  PGconn* connection = as_connection(pg.connection_);
  if (PQstatus(connection) != CONNECTION_OK) return tl::make_unexpected(connection_error(connection));
  // "already exists, skipping" and the like are nobody's news.
  PQsetNoticeReceiver(
      connection, [](void*, const PGresult*) {}, nullptr);
  return pg;
}

bool Pg::is_lost() const { return PQstatus(as_connection(connection_)) != CONNECTION_OK; }

Error Pg::last_error() const { return connection_error(as_connection(connection_)); }

Error Pg::error_of(const PgRows& answer) const {
  return statement_error(as_connection(connection_), answer.get());
}

Result<PgRows> Pg::query(const char* sql, std::span<const PgParam> params) {
  const auto values = pointers(params);
  PgRows rows{PQexecParams(as_connection(connection_), sql, static_cast<int>(values.size()), nullptr,
                           values.data(), nullptr, nullptr, 0)};
  const auto status = PQresultStatus(rows.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return rows;
  repeatable_ = is_lost() || is_cured_by_repeating(rows.get());
  return tl::make_unexpected(error_of(rows));
}

Result<void> Pg::stream(const char* sql, std::span<const PgParam> params,
                        const std::function<bool(const PgRows&)>& row) {
  PGconn* connection = as_connection(connection_);
  const auto values = pointers(params);
  if (PQsendQueryParams(connection, sql, static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                        nullptr, 0) == 0 ||
      PQsetSingleRowMode(connection) == 0)
    return tl::make_unexpected(last_error());
  Result<void> outcome;
  bool wanted = true;
  while (true) {
    const PgRows one{PQgetResult(connection)};
    if (one.get() == nullptr) return outcome;
    const auto status = PQresultStatus(one.get());
    if (status == PGRES_SINGLE_TUPLE && wanted && !row(one)) {
      wanted = false;
      std::unique_ptr<PGcancel, void (*)(PGcancel*)> cancel{PQgetCancel(connection), &PQfreeCancel};
      std::array<char, 256> why{};
      if (cancel) PQcancel(cancel.get(), why.data(), static_cast<int>(why.size()));
    }
    const bool fine = status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK;
    if (!fine && wanted) outcome = tl::make_unexpected(error_of(one));
  }
}

Result<void> Pg::script(const std::string& sql) {
  const PgRows done{PQexec(as_connection(connection_), sql.c_str())};
  const auto status = PQresultStatus(done.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return {};
  return tl::make_unexpected(error_of(done));
}

Result<void> Pg::run_answered(const char* sql, std::initializer_list<PgParam> params) {
  const auto statements = query(sql, params);
  if (!statements) return tl::make_unexpected(statements.error());
  for (std::size_t row = 0; row < statements->size(); ++row)
    if (auto done = script(std::string(statements->text(row, 0))); !done) return done;
  return {};
}

Result<void> Pg::copy_in(const char* table, std::string_view lines) {
  constexpr std::size_t kPieceBytes = 1U << 20U;  // libpq counts in int, and buffers what it is given
  PGconn* connection = as_connection(connection_);
  {
    const PgRows begun{PQexec(connection, fmt::format("COPY {} FROM STDIN", table).c_str())};
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) {
      repeatable_ = is_lost();
      return tl::make_unexpected(error_of(begun));
    }
  }
  while (!lines.empty()) {
    const std::string_view piece = lines.substr(0, kPieceBytes);
    if (PQputCopyData(connection, piece.data(), static_cast<int>(piece.size())) != 1) break;
    lines.remove_prefix(piece.size());
  }
  if (lines.empty() && PQputCopyEnd(connection, nullptr) == 1) return end_copy();
  repeatable_ = is_lost();
  return tl::make_unexpected(last_error());
}

Result<void> Pg::end_copy() {
  Result<void> outcome;
  while (true) {
    const PgRows end{PQgetResult(as_connection(connection_))};
    if (end.get() == nullptr) return outcome;
    if (PQresultStatus(end.get()) == PGRES_COMMAND_OK) continue;
    repeatable_ = is_lost();
    outcome = tl::make_unexpected(error_of(end));
  }
}

Result<void> Pg::reconnect() {
  PQreset(as_connection(connection_));
  if (is_lost()) return tl::make_unexpected(last_error());
  return {};
}

Result<void> Pg::commit() {
  auto done = query("COMMIT");
  if (done) {
    // A transaction in which a statement failed unseen answers COMMIT with ROLLBACK.
    if (std::string_view(PQcmdStatus(done->get())) == "COMMIT") return {};
    return failure(ErrorCode::internal, "database: the transaction was rolled back at commit");
  }
  if (is_lost()) {
    repeatable_ = false;
    done.error().message += "; the last commit is in doubt: run the command again";
  }
  return tl::make_unexpected(std::move(done.error()));
}

Result<void> Pg::transaction(const std::function<Result<void>(Pg&)>& work) {
  Result<void> outcome;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    repeatable_ = false;
    if (is_lost())
      if (auto back = reconnect(); !back) return back;
    if (auto begun = query("BEGIN"); !begun) {
      outcome = tl::make_unexpected(std::move(begun.error()));
    } else {
      outcome = work(*this);
      const bool repeatable = repeatable_;  // of the work, not of the ROLLBACK
      if (outcome)
        outcome = commit();
      else if (!is_lost()) {
        static_cast<void>(query("ROLLBACK"));
        repeatable_ = repeatable;
      }
    }
    if (outcome || !repeatable_) return outcome;
  }
  return outcome;
}

}  // namespace foreshape

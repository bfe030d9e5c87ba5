// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/pg.h"

#include <array>
#include <charconv>
#include <fmt/format.h>
#include <libpq-fe.h>

#include "predictor/base/text.h"

namespace foreshape {
namespace {

template <class Close>
PGconn* as_connection(const std::unique_ptr<void, Close>& p) {
  return static_cast<PGconn*>(p.get());
}
template <class Clear>
PGresult* as_result(const std::unique_ptr<void, Clear>& p) {
  return static_cast<PGresult*>(p.get());
}

/// libpq's messages end in a line feed and may quote data.
std::string one_line(const char* message) {
  std::string text = message == nullptr ? "" : message;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::string line;
  bool begins = false;  // libpq's second lines begin with a tab
  for (const char c : text) {
    if (begins && (c == '\t' || c == ' ')) continue;
    begins = c == '\n';
    line += begins ? std::string("; ") : std::string(1, c == '\t' ? ' ' : c);
  }
  return harmless(line);
}

// Source: PostgreSQL manual, appendix A.
ErrorCode code_of(std::string_view sqlstate) {
  const std::string_view kind = sqlstate.substr(0, 2);
  if (kind == "08" || kind == "53" || kind == "57") return ErrorCode::unavailable;
  if (sqlstate == "42P01" || sqlstate == "3F000" || sqlstate == "42883" || sqlstate == "42704")
    return ErrorCode::not_found;
  if (kind == "22" || kind == "23" || sqlstate == "42501" || sqlstate == "P0001")
    return ErrorCode::invalid_input;
  return ErrorCode::internal;
}

bool may_be_repeated(std::string_view sqlstate) {
  return sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03";
}

std::vector<const char*> pointers(std::span<const PgParam> params) {
  std::vector<const char*> values;
  values.reserve(params.size());
  for (const auto& p : params) values.push_back(p ? p->c_str() : nullptr);
  return values;
}

/// libpq's own reading of a connection string.
/// Errors: invalid_input.
Result<std::vector<std::pair<std::string, std::string>>> parts_of(const std::string& conninfo) {
  std::vector<std::pair<std::string, std::string>> parts;
  const bool is_name = conninfo.find_first_of("=:") == std::string::npos;  // as psql takes a lone word
  if (is_name && !conninfo.empty()) parts.emplace_back("dbname", conninfo);
  if (is_name) return parts;
  char* why = nullptr;
  PQconninfoOption* const options = PQconninfoParse(conninfo.c_str(), &why);
  if (options == nullptr) {
    const std::string message = one_line(why);
    PQfreemem(why);
    return failure(ErrorCode::invalid_input, "database: " + message);
  }
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option)
    if (option->val != nullptr) parts.emplace_back(option->keyword, option->val);
  PQconninfoFree(options);
  return parts;
}

std::string quoted_value(const std::string& value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

}  // namespace

PgParam pg_array(std::span<const std::string> values) {
  std::string text = "{";
  for (const auto& value : values) {
    if (text.size() > 1) text += ',';
    text += '"';
    for (const char c : harmless(value)) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

void PgRows::Clear::operator()(void* result) const noexcept { PQclear(static_cast<PGresult*>(result)); }

std::size_t PgRows::size() const { return static_cast<std::size_t>(PQntuples(as_result(result_))); }

bool PgRows::is_null(std::size_t row, std::size_t column) const {
  return PQgetisnull(as_result(result_), static_cast<int>(row), static_cast<int>(column)) != 0;
}

std::string_view PgRows::text(std::size_t row, std::size_t column) const {
  const int r = static_cast<int>(row), c = static_cast<int>(column);
  return {PQgetvalue(as_result(result_), r, c),
          static_cast<std::size_t>(PQgetlength(as_result(result_), r, c))};
}

std::optional<std::int64_t> PgRows::integer(std::size_t row, std::size_t column) const {
  const std::string_view value = text(row, column);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (value.empty() || error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
  return number;
}

std::optional<double> PgRows::real(std::size_t row, std::size_t column) const {
  const std::string_view value = text(row, column);
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (value.empty() || error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
  return number;
}

std::optional<std::size_t> PgRows::column(const char* name) const {
  const int place = PQfnumber(as_result(result_), name);
  if (place < 0) return std::nullopt;
  return static_cast<std::size_t>(place);
}

std::int64_t PgRows::affected() const {
  const std::string_view count = PQcmdTuples(as_result(result_));
  std::int64_t rows = 0;
  std::from_chars(count.data(), count.data() + count.size(), rows);
  return rows;
}

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
  if (PQstatus(connection) != CONNECTION_OK)
    return failure(ErrorCode::unavailable, "database: " + one_line(PQerrorMessage(connection)));
  // "already exists, skipping" and the like are nobody's news.
  PQsetNoticeReceiver(
      connection, [](void*, const PGresult*) {}, nullptr);
  return pg;
}

bool Pg::is_lost() const { return PQstatus(as_connection(connection_)) != CONNECTION_OK; }

Error Pg::last_error() const {
  return {ErrorCode::unavailable, "database: " + one_line(PQerrorMessage(as_connection(connection_)))};
}

Error Pg::error_of(const void* result) const {
  const auto* failed = static_cast<const PGresult*>(result);
  const char* sqlstate = failed == nullptr ? nullptr : PQresultErrorField(failed, PG_DIAG_SQLSTATE);
  if (sqlstate == nullptr) return last_error();
  const ErrorCode code = code_of(sqlstate);
  std::string message = "database: " + one_line(PQresultErrorField(failed, PG_DIAG_MESSAGE_PRIMARY));
  constexpr int kMore[] = {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT, PG_DIAG_CONTEXT};
  for (const int part : kMore)
    if (const char* more = PQresultErrorField(failed, part)) message += "; " + one_line(more);
  if (code == ErrorCode::not_found) message += " (was `foreshape migrate` run in this database?)";
  return {code, std::move(message)};
}

Result<PgRows> Pg::query(const char* sql, std::span<const PgParam> params) {
  const auto values = pointers(params);
  PgRows rows{PQexecParams(as_connection(connection_), sql, static_cast<int>(values.size()), nullptr,
                           values.data(), nullptr, nullptr, 0)};
  const auto status = PQresultStatus(as_result(rows.result_));
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return rows;
  const char* sqlstate = PQresultErrorField(as_result(rows.result_), PG_DIAG_SQLSTATE);
  repeatable_ = is_lost() || (sqlstate != nullptr && may_be_repeated(sqlstate));
  return tl::make_unexpected(error_of(rows.result_.get()));
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
    if (!one.result_) return outcome;
    const auto status = PQresultStatus(as_result(one.result_));
    if (status == PGRES_SINGLE_TUPLE && wanted && !row(one)) {
      wanted = false;
      std::unique_ptr<PGcancel, void (*)(PGcancel*)> cancel{PQgetCancel(connection), &PQfreeCancel};
      std::array<char, 256> why{};
      if (cancel) PQcancel(cancel.get(), why.data(), static_cast<int>(why.size()));
    }
    const bool fine = status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK;
    if (!fine && wanted) outcome = tl::make_unexpected(error_of(one.result_.get()));
  }
}

Result<void> Pg::script(const std::string& sql) {
  const PgRows done{PQexec(as_connection(connection_), sql.c_str())};
  const auto status = PQresultStatus(as_result(done.result_));
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return {};
  return tl::make_unexpected(error_of(done.result_.get()));
}

Result<void> Pg::copy_in(const char* sql, std::string_view lines) {
  constexpr std::size_t kPieceBytes = 1U << 20U;  // libpq counts in int, and buffers what it is given
  PGconn* connection = as_connection(connection_);
  {
    const PgRows begun{PQexec(connection, sql)};
    if (PQresultStatus(as_result(begun.result_)) != PGRES_COPY_IN) {
      repeatable_ = is_lost();
      return tl::make_unexpected(error_of(begun.result_.get()));
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
    if (!end.result_) return outcome;
    if (PQresultStatus(as_result(end.result_)) == PGRES_COMMAND_OK) continue;
    repeatable_ = is_lost();
    outcome = tl::make_unexpected(error_of(end.result_.get()));
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
    if (std::string_view(PQcmdStatus(as_result(done->result_))) == "COMMIT") return {};
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

std::string Pg::part_of(const std::string& conninfo, const char* keyword) {
  std::string found;
  const auto parts = parts_of(conninfo);
  if (!parts) return found;
  for (const auto& [name, value] : *parts)
    if (name == keyword) found = value;
  return found;
}

Result<std::string> Pg::conninfo_with(const std::string& conninfo,
                                      const std::vector<std::pair<std::string, std::string>>& keywords) {
  const auto parts = parts_of(conninfo);
  if (!parts) return tl::make_unexpected(parts.error());
  std::string made;
  for (const auto& [name, value] : *parts) {
    const auto same = [&name = name](const auto& one) { return one.first == name; };
    if (std::none_of(keywords.begin(), keywords.end(), same)) made += name + "=" + quoted_value(value) + " ";
  }
  for (const auto& [name, value] : keywords) made += name + "=" + quoted_value(value) + " ";
  return made;
}

std::string Pg::quoted_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

void CopyLines::field(const char* bytes, std::size_t size) {
  if (begun_) lines_ += '\t';
  begun_ = true;
  lines_.append(bytes, size);
}

void CopyLines::text(std::string_view value) {
  field("", 0);
  // Most names are plain ASCII: no copy for them.
  bool plain = true;
  for (const char c : value) plain = plain && c >= 0x20 && c < 0x7F && c != '\\';
  if (plain) {
    lines_ += value;
    return;
  }
  for (const char c : harmless(value)) {
    if (c == '\\') lines_ += '\\';
    lines_ += c;
  }
}

void CopyLines::integer(std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  field(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void CopyLines::real(double value) {
  const std::string digits = fmt::format("{}", value);
  field(digits.data(), digits.size());
}

void CopyLines::array(std::span<const float> values) {
  field("{", 1);
  for (std::size_t i = 0; i < values.size(); ++i)
    fmt::format_to(std::back_inserter(lines_), "{}{}", i > 0 ? "," : "", values[i]);
  lines_ += '}';
}

void CopyLines::end_line() {
  lines_ += '\n';
  begun_ = false;
}

}  // namespace foreshape

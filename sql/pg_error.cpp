// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/pg_error.h"

#include <utility>

#include "predictor/base/text.h"

namespace foreshape {
namespace {

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

}  // namespace

std::string libpq_line(const char* message) {
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

Error connection_error(const PGconn* connection) {
  return {ErrorCode::unavailable, "database: " + libpq_line(PQerrorMessage(connection))};
}

Error statement_error(const PGconn* connection, const PGresult* failed) {
  const char* sqlstate = failed == nullptr ? nullptr : PQresultErrorField(failed, PG_DIAG_SQLSTATE);
  if (sqlstate == nullptr) return connection_error(connection);
  const ErrorCode code = code_of(sqlstate);
  std::string message = "database: " + libpq_line(PQresultErrorField(failed, PG_DIAG_MESSAGE_PRIMARY));
  constexpr int kMore[] = {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT, PG_DIAG_CONTEXT};
  for (const int part : kMore)
    if (const char* more = PQresultErrorField(failed, part)) message += "; " + libpq_line(more);
  if (code == ErrorCode::not_found) message += " (was `foreshape migrate` run in this database?)";
  return {code, std::move(message)};
}

bool is_cured_by_repeating(const PGresult* failed) {
  const char* field = failed == nullptr ? nullptr : PQresultErrorField(failed, PG_DIAG_SQLSTATE);
  const std::string_view sqlstate = field == nullptr ? "" : field;
  return sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "55P03";
}

}  // namespace foreshape

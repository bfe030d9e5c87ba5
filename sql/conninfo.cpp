// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/conninfo.h"

#include <algorithm>
#include <libpq-fe.h>

#include "sql/pg_error.h"

namespace foreshape {
namespace {

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
    const std::string message = libpq_line(why);
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

std::string conninfo_part(const std::string& conninfo, const char* keyword) {
  std::string found;
  const auto parts = parts_of(conninfo);
  if (!parts) return found;
  for (const auto& [name, value] : *parts)
    if (name == keyword) found = value;
  return found;
}

Result<std::string> conninfo_with(const std::string& conninfo,
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

}  // namespace foreshape

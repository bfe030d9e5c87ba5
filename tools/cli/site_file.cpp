// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/site_file.h"

#include <algorithm>
#include <cstdlib>

#include "predictor/base/file.h"
#include "tools/cli/lists.h"

namespace foreshape {
namespace {

std::string_view unquoted(std::string_view value) {
  const bool quoted =
      value.size() >= 2 && value.front() == value.back() && (value.front() == '"' || value.front() == '\'');
  return quoted ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

std::string site_file_path() {
  const char* named = std::getenv("FORESHAPE_SITE_FILE");  // NOLINT(concurrency-mt-unsafe): one thread
  return named != nullptr ? named : "/etc/default/foreshape";
}

std::string variable_in(std::string_view text, std::string_view name) {
  std::string value;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(name) && line.substr(name.size()).starts_with('='))
      value = unquoted(trimmed(line.substr(name.size() + 1)));
  }
  return value;
}

std::string site_variable(const std::string& path, std::string_view name) {
  constexpr std::size_t kMaxBytes = 1U << 16;
  return variable_in(read_file(path, kMaxBytes).value_or(""), name);
}

}  // namespace foreshape

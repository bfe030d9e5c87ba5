// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/job_key.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "predictor/base/job.h"
#include "slurm-plugin/slurm/slurm_field.h"

namespace foreshape {
namespace {

constexpr std::size_t kSluidDigits = 13;

/// Crockford's base 32, in which O is 0, I and L are 1, and small letters are as large ones.
std::optional<JobKey> digit_of(char letter) {
  if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  if (letter == 'O') return 0;
  if (letter == 'I' || letter == 'L') return 1;
  constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const auto at = kDigits.find(letter);
  return at != std::string_view::npos ? std::optional<JobKey>(at) : std::nullopt;
}

/// "s" is already gone. What is behind the 13 characters, as "_3", is Slurm's affair.
std::optional<JobKey> sluid(std::string_view digits) {
  if (digits.size() < kSluidDigits) return std::nullopt;
  JobKey key = 0;
  for (const char letter : digits.substr(0, kSluidDigits)) {
    const auto digit = digit_of(letter);
    if (!digit) return std::nullopt;
    key = key << 5U | *digit;
  }
  return key;
}

}  // namespace

std::optional<JobKey> named_job(const char* text) {
  std::string_view rest = bounded(text);
  if (rest.empty()) return std::nullopt;
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t\n\v\f\r"), rest.size()));
  if (rest.starts_with('s') || rest.starts_with('S')) return sluid(rest.substr(1));
  const long id = std::strtol(text, nullptr, 10);
  if (id <= 0) return std::nullopt;
  return static_cast<JobId>(id);
}

}  // namespace foreshape

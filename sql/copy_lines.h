// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Rows for COPY's text format.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace foreshape {

/// Lines for COPY's text format.
class CopyLines {
 public:
  void null() { field("\\N", 2); }
  void text(std::string_view value);  ///< made harmless: valid UTF-8, no control characters
  void integer(std::int64_t value);
  void real(double value);
  void boolean(bool value) { field(value ? "t" : "f", 1); }
  void maybe(const std::optional<std::int64_t>& value) { value ? integer(*value) : null(); }
  void count(std::uint32_t value) { integer(std::min(value, kMaxCount)); }
  void maybe_count(const std::optional<std::uint32_t>& value) { value ? count(*value) : null(); }
  void array(std::span<const float> values);  ///< real[]
  void end_line();

  std::string_view lines() const { return lines_; }
  std::size_t bytes() const { return lines_.size(); }
  void clear() { lines_.clear(); }

 private:
  static constexpr std::uint32_t kMaxCount = 2'147'483'647;  // the columns of counts are integers

  void field(const char* bytes, std::size_t size);
  std::string lines_;
  bool begun_ = false;
};

}  // namespace foreshape

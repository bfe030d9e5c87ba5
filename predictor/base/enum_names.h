// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The names of an enum's values, in one table that can't be shorter or longer than the enum.
//
// Runs in: slurmctld and offline.
// Threads: constants.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace foreshape {

/// Last: the enum's last value; its values count from 0 without gaps.
template <class Enum, Enum Last>
class EnumNames {
 public:
  static constexpr std::size_t kValues = static_cast<std::size_t>(Last) + 1;

  /// One for each value, in the enum's order: another number of names does not compile.
  template <class... Names>
  explicit constexpr EnumNames(Names... names) : names_{names...} {
    static_assert(sizeof...(Names) == kValues, "one name for each value");
  }

  /// For a value that the enum does not have (read from outside): the last name.
  constexpr const char* of(Enum value) const {
    const auto i = static_cast<std::size_t>(value);
    return names_[i < kValues ? i : kValues - 1];
  }

  /// The value of that name; nullopt if there is none.
  constexpr std::optional<Enum> find(std::string_view name) const {
    for (std::size_t i = 0; i < kValues; ++i)
      if (name == names_[i]) return static_cast<Enum>(i);
    return std::nullopt;
  }

 private:
  std::array<const char*, kValues> names_;
};

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Hashes lists of features by their names, while compiling.
//
// Runs in: slurmctld and offline.
// Threads: pure functions.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace foreshape {

/// The enumerator's name, as the compiler writes it: "... V = foreshape::JobFeature::hour_sin]".
template <auto V>
constexpr std::string_view enumerator_name() {
  const std::string_view text = __PRETTY_FUNCTION__;
  const std::size_t end = text.find_first_of(";]", text.find("V = "));
  const std::size_t begin = text.rfind(':', end) + 1;
  return text.substr(begin, end - begin);
}
/// FNV-1a, 64 bit (Fowler, Noll & Vo): needed while compiling, where checksum() is not to be had.
class Fnv {
 public:
  constexpr void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
    add_byte(0);
  }
  constexpr void add(std::uint64_t number) {
    for (unsigned i = 0; i < 64; i += 8) add_byte(static_cast<unsigned char>(number >> i));
  }
  constexpr std::uint64_t value() const { return value_; }

 private:
  constexpr void add_byte(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3U; }
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

/// The name under which a feature is hashed: the one that it had when the first models were written, so that
/// a better word in the source does not make them useless.
constexpr std::string_view hashed_name(std::string_view name) {
  if (name == "has_licenses") return "has_licences";
  if (name == "same_work_dir") return "same_folder";
  if (name == "work_dir") return "folder";
  return name;
}

template <class Enum, std::size_t... I>
constexpr void add_names(Fnv& hash, std::index_sequence<I...> /*numbers*/) {
  (hash.add(hashed_name(enumerator_name<static_cast<Enum>(I)>())), ...);
  hash.add(sizeof...(I));
}

}  // namespace foreshape

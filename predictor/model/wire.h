// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Arrays of numbers into FlatBuffers and out of them.
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: pure functions.

#include <algorithm>
#include <cstddef>
#include <flatbuffers/flatbuffers.h>
#include <fmt/format.h>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

namespace foreshape {

/// What is wrong with what was read, or nothing.
using Wrong = std::optional<std::string>;

template <class Values>
auto vector_of(flatbuffers::FlatBufferBuilder& builder, const Values& values) {
  return builder.CreateVector(values.data(), values.size());
}

template <class Values>
auto first_of(flatbuffers::FlatBufferBuilder& builder, const Values& values, std::size_t count) {
  return builder.CreateVector(values.data(), count);
}

/// to: as many numbers as are expected.
template <class Number>
Wrong read_numbers(const char* field, const flatbuffers::Vector<Number>& from,
                   std::span<std::type_identity_t<Number>> to) {
  if (from.size() != to.size())
    return fmt::format("{}: {} numbers, {} expected", field, from.size(), to.size());
  std::copy(from.begin(), from.end(), to.begin());
  return std::nullopt;
}

}  // namespace foreshape

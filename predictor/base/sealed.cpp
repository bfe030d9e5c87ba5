// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/sealed.h"

#include <array>
#include <bit>
#include <cstring>
#include <fmt/format.h>

#include "predictor/base/hash.h"

namespace foreshape {
namespace {

// The header is written as it lies in memory.
static_assert(std::endian::native == std::endian::little);

struct Header {
  std::array<char, 8> magic{};
  std::uint32_t version = 0;
  std::uint32_t zero = 0;
  std::uint64_t payload_bytes = 0;
  std::uint64_t payload_checksum = 0;
};
static_assert(sizeof(Header) == kSealBytes);

tl::unexpected<Error> corrupt(std::string what) { return failure(ErrorCode::corrupt, std::move(what)); }

}  // namespace

std::string seal(const SealedKind& kind, std::span<const std::uint8_t> payload) {
  Header header;
  kind.magic.copy(header.magic.data(), header.magic.size());
  header.version = kind.version;
  header.payload_bytes = payload.size();
  header.payload_checksum = checksum(payload.data(), payload.size());
  std::string bytes;
  bytes.reserve(sizeof header + payload.size());
  bytes.append(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.append(reinterpret_cast<const char*>(payload.data()), payload.size());
  return bytes;
}

Result<std::span<const std::uint8_t>> unseal(const SealedKind& kind, std::string_view bytes) {
  Header header;
  if (bytes.size() < sizeof header) return corrupt("shorter than its header");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::string_view{header.magic.data(), header.magic.size()} != kind.magic)
    return corrupt("not a Foreshape file: its magic number differs");
  if (header.version != kind.version)
    return corrupt(fmt::format("format version {}, expected {}; make it again with this version's {}",
                               header.version, kind.version, kind.made_with));
  if (header.zero != 0) return corrupt("its header's reserved bytes are not zero");
  if (header.payload_bytes != bytes.size() - sizeof header)
    return corrupt(
        fmt::format("{} bytes, its header says {}", bytes.size() - sizeof header, header.payload_bytes));
  const auto* payload = reinterpret_cast<const std::uint8_t*>(bytes.data()) + sizeof header;
  if (checksum(payload, header.payload_bytes) != header.payload_checksum)
    return corrupt("its checksum differs");
  return std::span{payload, header.payload_bytes};
}

std::uint64_t seal_checksum(std::string_view bytes) {
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header.payload_checksum;
}

}  // namespace foreshape

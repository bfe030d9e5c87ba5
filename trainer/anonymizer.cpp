// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/anonymizer.h"

#include <algorithm>
#include <bit>
#include <sys/random.h>

namespace foreshape {
namespace {

constexpr std::uint32_t kUnknown = UINT32_MAX;  // kUnknownUser

struct SipState {
  std::uint64_t a, b, c, d;
  void round() {
    a += b;
    b = std::rotl(b, 13) ^ a;
    a = std::rotl(a, 32);
    c += d;
    d = std::rotl(d, 16) ^ c;
    a += d;
    d = std::rotl(d, 21) ^ a;
    c += b;
    b = std::rotl(b, 17) ^ c;
    c = std::rotl(c, 32);
  }
  void take(std::uint64_t word) {
    d ^= word;
    round();
    round();
    a ^= word;
  }
};

}  // namespace

std::uint64_t siphash(const std::array<std::uint64_t, 2>& key, std::uint64_t message) {
  SipState s{key[0] ^ 0x736f6d6570736575U, key[1] ^ 0x646f72616e646f6dU, key[0] ^ 0x6c7967656e657261U,
             key[1] ^ 0x7465646279746573U};
  s.take(message);
  s.take(8ULL << 56U);  // the message's length
  s.c ^= 0xffU;
  for (int i = 0; i < 4; ++i) s.round();
  return s.a ^ s.b ^ s.c ^ s.d;
}

std::optional<Anonymizer> Anonymizer::create() {
  std::array<std::uint64_t, 2> key{};
  if (::getrandom(key.data(), sizeof key, 0) != static_cast<ssize_t>(sizeof key)) return std::nullopt;
  return Anonymizer{key};
}

std::uint32_t Anonymizer::hidden(std::uint32_t value, std::uint32_t kind) const {
  const auto hash = static_cast<std::uint32_t>(siphash(key_, (std::uint64_t{kind} << 32U) | value));
  return std::clamp(hash, 1U, kUnknown - 1);
}

TracedJob Anonymizer::anonymous(TracedJob job) const {
  JobRequest& requested = job.request;
  if (requested.uid != kUnknown) requested.uid = hidden(requested.uid, 0);
  std::uint32_t kind = 1;
  for (TextHash* hash :
       {&requested.account, &requested.partition, &requested.qos, &requested.name, &requested.script,
        &requested.work_dir, &requested.gres, &requested.licenses, &requested.burst_buffer}) {
    if (*hash != 0) *hash = hidden(*hash, kind);
    ++kind;
  }
  return job;
}

}  // namespace foreshape

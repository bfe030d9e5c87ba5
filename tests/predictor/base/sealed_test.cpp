// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/sealed.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

constexpr SealedKind kKind{"FSHTEST\n", 3, "foreshape test"};

std::string sealed(std::string_view payload) {
  return seal(kKind, {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()});
}

TEST(Unseal, GivesThePayloadBack) {
  for (const std::string_view payload : {"", "x", "some payload"}) {
    const std::string bytes = sealed(payload);
    const auto inside = unseal(kKind, bytes).value();
    EXPECT_EQ(std::string(inside.begin(), inside.end()), payload);
    EXPECT_EQ(bytes.size(), kSealBytes + payload.size());
  }
}

TEST(Unseal, RefusesEveryDamageAndSaysWhich) {
  const struct {
    const char* why;
    std::size_t at;
    const char* message;
  } cases[] = {
      {"magic", 2, "magic number"}, {"version", 8, "format version 2"}, {"reserved", 13, "reserved"},
      {"size", 16, "header says"},  {"checksum", 25, "checksum"},       {"payload", 33, "checksum"},
      {"the last byte", 36, "sum"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    std::string bytes = sealed("abcde");
    bytes[c.at] = static_cast<char>(bytes[c.at] ^ 1);
    const auto inside = unseal(kKind, bytes);
    ASSERT_FALSE(inside);
    EXPECT_EQ(inside.error().code, ErrorCode::corrupt);
    EXPECT_NE(inside.error().message.find(c.message), std::string::npos) << inside.error().message;
  }
}

TEST(Unseal, RefusesWhatIsCutShortOrToldLonger) {
  const std::string whole = sealed("abcde");
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(unseal(kKind, whole.substr(0, size)));
  EXPECT_FALSE(unseal(kKind, whole + "x"));
}

}  // namespace
}  // namespace foreshape

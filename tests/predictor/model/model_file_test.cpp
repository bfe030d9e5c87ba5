// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/model_file.h"

#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <unistd.h>

#include "predictor/base/hash.h"
#include "predictor/base/sealed.h"
#include "predictor/model/features/features_hash.h"
#include "tests/predictor/model/made_model.h"

namespace foreshape {
namespace {

using test::made_model;
using test::made_model_with_arrivals;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// A directory that goes away with the test.
class Directory {
 public:
  Directory() {
    std::string name = std::filesystem::temp_directory_path() / "foreshape-model-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  std::string file(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// The checksum made right again, so that what is inside is looked at.
void mend(std::string& bytes) {
  const std::uint64_t sum = checksum(bytes.data() + kSealBytes, bytes.size() - kSealBytes);
  std::memcpy(bytes.data() + 24, &sum, sizeof sum);
}

/// Replaces the number where it stands in the payload, which must be one place.
template <class Number>
std::string with(std::string bytes, Number from, Number to) {
  const std::string_view pattern{reinterpret_cast<const char*>(&from), sizeof from};
  const auto at = bytes.find(pattern, kSealBytes);
  EXPECT_NE(at, std::string::npos);
  EXPECT_EQ(bytes.find(pattern, at + 1), std::string::npos) << "more than one place";
  std::memcpy(bytes.data() + at, &to, sizeof to);
  mend(bytes);
  return bytes;
}

TEST(Model, ComesBackAsItWasWritten) {
  const Directory directory;
  const Model model = made_model();
  ASSERT_TRUE(write_model(directory.file("a.fsm"), model));
  const auto read = read_model(directory.file("a.fsm"), FileTrust{::geteuid()});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->sizes, model.sizes);
  EXPECT_EQ(read->weights, model.weights);
  EXPECT_EQ(read->serves, model.serves);
  EXPECT_EQ(read->blends, model.blends);
  EXPECT_EQ(read->card, model.card);
  ASSERT_EQ(read->golden.size(), 3U);
  EXPECT_EQ(read->golden[1].quantiles, model.golden[1].quantiles);
  EXPECT_EQ(read->golden[1].input.job, model.golden[1].input.job);
  EXPECT_EQ(read->golden[1].input.candidates, 3U);
  EXPECT_NE(read->checksum, 0U);
  EXPECT_TRUE(verify(*read));
  EXPECT_EQ(model_bytes(*read).value(), model_bytes(model).value());
}

TEST(Model, ArrivalsComeBackAsTheyWereWritten) {
  const Model model = made_model_with_arrivals();
  const auto read = parse_model(model_bytes(model).value());
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_TRUE(read->arrivals);
  EXPECT_EQ(read->arrivals->hidden, 24U);
  EXPECT_EQ(read->arrivals->weights, model.arrivals->weights);
  ASSERT_EQ(read->arrivals->golden.size(), 3U);
  EXPECT_EQ(read->arrivals->golden[1].input.shapes, 5U);
  EXPECT_EQ(read->arrivals->golden[1].input.rows, model.arrivals->golden[1].input.rows);
  EXPECT_EQ(read->arrivals->golden[1].forecast.shapes, model.arrivals->golden[1].forecast.shapes);
  EXPECT_TRUE(verify(*read));
  EXPECT_EQ(model_bytes(*read).value(), model_bytes(model).value());
  EXPECT_FALSE(parse_model(model_bytes(made_model()).value())->arrivals) << "a file without them is valid";
}

TEST(Model, DamagedArrivalsAreFoundOut) {
  const struct {
    const char* field;
    std::function<void(ArrivalModel&)> spoil;
  } cases[] = {
      {"arrivals: hidden", [](ArrivalModel& m) { m.hidden = 0; }},
      {"arrivals: hidden", [](ArrivalModel& m) { m.hidden = 5000; }},
      {"arrivals: weights", [](ArrivalModel& m) { m.weights.pop_back(); }},
      {"prior_weight",
       [](ArrivalModel& m) { m.weights[ArrivalLayout{m.hidden}.prior_weight.offset] = kNaN; }},
      {"arrivals: golden", [](ArrivalModel& m) { m.golden.resize(17, m.golden[0]); }},
      {"arrivals: golden", [](ArrivalModel& m) { m.golden[0].input.x[3] = kNaN; }},
      {"arrivals: golden", [](ArrivalModel& m) { m.golden[0].input.shapes = 13; }},
      {"arrivals: golden", [](ArrivalModel& m) { m.golden[0].forecast.hazards[2] = 2; }},
  };
  for (const auto& c : cases) {
    Model model = made_model_with_arrivals();
    c.spoil(*model.arrivals);
    const auto fine = check(model);
    ASSERT_FALSE(fine) << c.field;
    EXPECT_NE(fine.error().message.find(c.field), std::string::npos) << fine.error().message;
    EXPECT_FALSE(model_bytes(model)) << "such a model must not be written either";
  }
  Model model = made_model_with_arrivals();
  for (float& w : model.arrivals->weights) w *= 1.00001F;  // as another processor might round
  EXPECT_TRUE(verify(model));
  model.arrivals->golden[1].forecast.latency = {1, 0, 0};
  EXPECT_NE(verify(model).error().message.find("arrivals: golden: pair 1"), std::string::npos);
  model.arrivals->golden.clear();
  EXPECT_FALSE(verify(model));
}

TEST(Model, CutShortAnywhereIsRefused) {
  const std::string whole = model_bytes(made_model_with_arrivals()).value();
  for (std::size_t size = 0; size < whole.size(); size += 1 + size / 20)
    EXPECT_EQ(parse_model(whole.substr(0, size)).error().code, ErrorCode::corrupt) << size;
}

TEST(Model, AFlippedBitIsRefused) {
  const std::string whole = model_bytes(made_model_with_arrivals()).value();
  for (std::size_t at = 0; at < whole.size(); at += 1 + at / 50) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    EXPECT_FALSE(parse_model(bytes)) << at;
  }
}

// Whoever can forge the checksum can still not make us read outside the file, crash, or hang.
TEST(Model, DamageUnderARightChecksumNeverReachesOutside) {
  const std::string whole = model_bytes(made_model_with_arrivals()).value();
  for (std::size_t at = kSealBytes; at < whole.size(); at += 1 + at / 100)
    for (const int flip : {1, 0x80, 0xFF}) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      mend(bytes);
      if (const auto model = parse_model(bytes)) (void)verify(*model);
    }
}

TEST(Model, NamesTheFileAndTheFieldThatIsWrong) {
  const Directory directory;
  const std::string path = directory.file("bad.fsm");
  const std::string whole = model_bytes(made_model()).value();
  const struct {
    const char* why;
    std::string bytes;
    const char* message;
  } cases[] = {
      {"other features", with(whole, features_hash(), features_hash() + 1), "features_hash"},
      {"a size that the weights do not have", with(whole, std::uint32_t{37}, std::uint32_t{36}), "weights"},
      {"a lead of a user that is none", with(whole, 40.0F, kNaN), "blends"},
      {"a metric that is none", with(whole, .71, std::nan("")), "card"},
      {"a weight that is none", with(whole, made_model().weights[100], kNaN), "weights"},
      {"a weight without end", with(whole, made_model().weights[100], HUGE_VALF), "weights"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    ASSERT_TRUE(replace_file(path, c.bytes, 0644));
    const auto model = read_model(path);
    ASSERT_FALSE(model);
    EXPECT_NE(model.error().message.find(path), std::string::npos) << model.error().message;
    EXPECT_NE(model.error().message.find(c.message), std::string::npos) << model.error().message;
  }
}

TEST(CheckModel, FindsWhatIsOutOfBounds) {
  const struct {
    const char* field;
    std::function<void(Model&)> spoil;
  } cases[] = {
      {"hidden", [](Model& m) { m.sizes.hidden = 0; }},
      {"hidden", [](Model& m) { m.sizes.hidden = 100'000; }},
      {"pair_hidden", [](Model& m) { m.sizes.pair_hidden = 0; }},
      {"embedding", [](Model& m) { m.sizes.embedding = 65; }},
      {"identity_buckets", [](Model& m) { m.sizes.identity_buckets = 1; }},
      {"weights", [](Model& m) { m.weights.push_back(0); }},
      {"weights", [](Model& m) { m.weights.clear(); }},
      {"job2", [](Model& m) { m.weights[NetworkLayout{m.sizes}.job2.offset] = kNaN; }},
      {"serves", [](Model& m) { m.serves.fill(false); }},
      {"blends", [](Model& m) { m.blends[2].everybody.jobs = 1; }},
      {"blends", [](Model& m) { std::swap(m.blends[0].users[0], m.blends[0].users[1]); }},
      {"blends", [](Model& m) { m.blends[0].users[1] = m.blends[0].users[0]; }},
      {"blends", [](Model& m) { m.blends[1].everybody.jobs = -1; }},
      {"blends", [](Model& m) { m.blends[1].users.resize(kMaxBlendUsers + 1); }},
      {"card", [](Model& m) { m.card.input.assign(5'000, 'x'); }},
      {"card", [](Model& m) { m.card.metrics.resize(2'000); }},
      {"golden", [](Model& m) { m.golden.resize(17, m.golden[0]); }},
      {"golden", [](Model& m) { m.golden[1].input.candidates = 49; }},
      {"golden", [](Model& m) { m.golden[1].input.pairs[5] = kNaN; }},
      {"golden", [](Model& m) { m.golden[1].quantiles[0][3] = -1; }},
  };
  for (const auto& c : cases) {
    Model model = made_model();
    c.spoil(model);
    const auto fine = check(model);
    ASSERT_FALSE(fine) << c.field;
    EXPECT_NE(fine.error().message.find(c.field), std::string::npos) << fine.error().message;
    EXPECT_FALSE(model_bytes(model)) << "such a model must not be written either";
  }
}

TEST(VerifyModel, WantsTheGoldenPairsToComeOutAsTheyDid) {
  Model model = made_model();
  EXPECT_TRUE(verify(model));
  for (float& w : model.weights) w *= 1.00001F;  // as another processor might round
  EXPECT_TRUE(verify(model));
  model.golden[2].quantiles[1][4] *= 1.3F;
  EXPECT_NE(verify(model).error().message.find("pair 2, resource 1"), std::string::npos);
  model = made_model();
  for (float& w : model.weights) w *= 2;
  EXPECT_FALSE(verify(model));
  model.golden.clear();
  EXPECT_FALSE(verify(model));
}

TEST(ReadModel, RefusesAFileThatOthersMayWrite) {
  const Directory directory;
  const std::string path = directory.file("open.fsm");
  ASSERT_TRUE(write_model(path, made_model()));
  std::filesystem::permissions(path, std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  EXPECT_FALSE(read_model(path, FileTrust{::geteuid()}));
  EXPECT_EQ(read_model(directory.file("none.fsm")).error().code, ErrorCode::not_found);
}

// A model belongs to one list of features in one order: if this number changes without kFeaturesVersion,
// models in use are thrown away without a word why.
TEST(FeaturesHash, StaysTheSameFromCompilerToCompiler) {
  EXPECT_EQ(kArrivalFeaturesVersion, 1U);
  EXPECT_EQ(arrival_features_hash(), 7277873783960282755U);
  EXPECT_EQ(kFeaturesVersion, 1U);
  EXPECT_EQ(features_hash(), 17314014117401878612U);
}

}  // namespace
}  // namespace foreshape

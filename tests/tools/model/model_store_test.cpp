// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/model/model_store.h"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/model/model_file.h"
#include "tests/predictor/model/made_model.h"
#include "tools/model/model_card.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;
using test::made_model;

class ModelStore : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(testing::TempDir()) / ("model_store_" + std::to_string(::getpid()));
    fs::create_directories(directory_);
    places_ = {directory_ / "model.fsm", directory_ / "models", ""};
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string made(std::uint32_t seed) const {
    const std::string path = directory_ / ("made" + std::to_string(seed) + ".fsm");
    EXPECT_TRUE(write_model(path, made_model(seed)));
    return path;
  }
  std::uint64_t in_force() const {
    const auto model = read_model(places_.in_force);
    return model ? model->checksum : 0;
  }
  std::uint64_t promote(std::uint32_t seed) {
    const auto change = promote_model(places_, made(seed), false);
    EXPECT_TRUE(change) << change.error().message;
    return change ? change->now : 0;
  }

  fs::path directory_;
  ModelPlaces places_;
};

TEST_F(ModelStore, PromotesAndGoesBackStepByStep) {
  const auto a = promote(1), b = promote(2), c = promote(3);
  EXPECT_EQ(in_force(), c);
  EXPECT_EQ(rollback_model(places_, false)->now, b);
  EXPECT_EQ(in_force(), b);
  EXPECT_EQ(rollback_model(places_, false)->now, a);
  const auto d = promote(4);
  EXPECT_EQ(in_force(), d);
  EXPECT_EQ(rollback_model(places_, false)->now, a) << "not to what was taken back before";
  const auto models = list_models(places_).value();
  ASSERT_EQ(models.size(), 4U);
  EXPECT_EQ(models[0].place, ModelPlace::in_force);
  EXPECT_TRUE(std::ranges::all_of(models.begin() + 1, models.end(),
                                  [](const StoredModel& m) { return m.place == ModelPlace::undone; }));
}

TEST_F(ModelStore, GoesBackToTheKernelFromTheFirst) {
  const auto a = promote(1);
  EXPECT_FALSE(rollback_model(places_, true)->changed);
  EXPECT_EQ(in_force(), a);
  const auto change = rollback_model(places_, false);
  ASSERT_TRUE(change) << change.error().message;
  EXPECT_EQ(change->now, 0U);
  EXPECT_EQ(change->before, a);
  EXPECT_FALSE(fs::exists(places_.in_force));
  ASSERT_EQ(list_models(places_)->size(), 1U);
  EXPECT_EQ(list_models(places_)->front().place, ModelPlace::undone);
  EXPECT_EQ(rollback_model(places_, false).error().code, ErrorCode::not_found);
  promote(2);
  EXPECT_EQ(rollback_model(places_, false)->now, 0U) << "not to what was taken back before";
}

TEST_F(ModelStore, ChangesNothingOnADryRunOrForWhatIsInForceAlready) {
  const auto a = promote(1);
  const auto dry = promote_model(places_, made(2), true);
  ASSERT_TRUE(dry);
  EXPECT_FALSE(dry->changed);
  EXPECT_EQ(in_force(), a);
  EXPECT_FALSE(promote_model(places_, made(1), false)->changed);
  EXPECT_EQ(list_models(places_)->size(), 1U);
}

TEST_F(ModelStore, RefusesWhatDoesNotVerify) {
  const auto a = promote(1);
  Model wrong = made_model(2);
  wrong.golden[0].quantiles[0][4] *= 2;
  const std::string path = directory_ / "wrong.fsm";
  ASSERT_TRUE(write_model(path, wrong));
  EXPECT_NE(promote_model(places_, path, false).error().message.find("golden"), std::string::npos);
  std::ofstream(directory_ / "text.fsm") << "not a model";
  EXPECT_EQ(promote_model(places_, directory_ / "text.fsm", false).error().code, ErrorCode::corrupt);
  EXPECT_EQ(promote_model(places_, directory_ / "none.fsm", false).error().code, ErrorCode::not_found);
  EXPECT_EQ(in_force(), a);
}

TEST_F(ModelStore, KeepsSoManyOnlyAndForItsOwnerOnly) {
  for (std::uint32_t seed = 1; seed <= kKeptModels + 5; ++seed) promote(seed);
  EXPECT_EQ(list_models(places_)->size(), 1 + kKeptModels);
  struct stat info {};
  ASSERT_EQ(::stat(places_.in_force.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(ModelStore, FindsAModelByTheBeginningOfItsChecksum) {
  const auto a = promote(1);
  promote(2);
  const std::string sum = fmt::format("{:016x}", a);
  EXPECT_EQ(read_model(find_model(places_, sum.substr(0, 6)).value())->checksum, a);
  EXPECT_EQ(find_model(places_, "zzzz").error().code, ErrorCode::not_found);
  EXPECT_EQ(find_model(places_, sum.substr(0, 2)).error().code, ErrorCode::not_found) << "too short";
  EXPECT_EQ(find_model(places_, places_.in_force), places_.in_force);
}

TEST(ModelCard, IsHarmlessInEveryForm) {
  Model model = made_model();
  model.card.input = "\x1b[2J evil\n\xe2\x80\xae";
  model.card.revision = "a|b";
  model.card.metrics = {{"\x1b[0m", "x\ty\n", 1.0}};
  for (const CardForm form : {CardForm::text, CardForm::bars, CardForm::json}) {
    const std::string all = card_text(model, "/a\x1b.fsm", form) + compare_text(model, model, form);
    EXPECT_EQ(all.find('\x1b'), std::string::npos);
    EXPECT_EQ(all.find("\xe2\x80\xae"), std::string::npos);
  }
  EXPECT_NE(card_text(model, "m", CardForm::bars).find("revision|a?b\n"), std::string::npos);
}

TEST(CompareModels, ShowsEachMetricOfEither) {
  Model a = made_model(1), b = made_model(2);
  a.card.metrics = {{"model", "run_time.accuracy", .5}, {"kernel", "run_time.accuracy", .25}};
  b.card.metrics = {{"model", "run_time.accuracy", .75}, {"model", "memory.accuracy", .5}};
  const std::string text = compare_text(a, b, CardForm::bars);
  EXPECT_NE(text.find("run_time.accuracy|model|0.5|0.75|0.25\n"), std::string::npos);
  EXPECT_NE(text.find("run_time.accuracy|kernel|0.25||\n"), std::string::npos);
  EXPECT_NE(text.find("memory.accuracy|model||0.5|\n"), std::string::npos);
}

}  // namespace
}  // namespace foreshape

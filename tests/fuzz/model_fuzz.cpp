// SPDX-License-Identifier: GPL-2.0-or-later
#include <cmath>

#include "predictor/model/model_file.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/resealed.h"
#include "tests/predictor/model/made_model.h"

namespace foreshape {

std::vector<std::string> fuzz_seeds() {
  Model small = test::made_model();
  small.sizes = {.hidden = 1, .pair_hidden = 1, .embedding = 1, .identity_buckets = 2};
  small.weights.assign(NetworkLayout{small.sizes}.total, 0.01F);
  small.golden = {golden_pair(small, small.golden[1].input)};
  return {*model_bytes(small)};
}

void test_one_input(std::string_view input) {
  (void)parse_model(input);
  const auto model = parse_model(resealed(input));
  if (!model) return;
  require(model->weights.size() == NetworkLayout{model->sizes}.total,
          "the weights are as many as the sizes want");
  for (const float w : model->weights) require(std::isfinite(w), "every weight is a number");
  (void)verify(*model);
}

}  // namespace foreshape

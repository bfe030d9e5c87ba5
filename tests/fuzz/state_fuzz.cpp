// SPDX-License-Identifier: GPL-2.0-or-later
// What slurmctld and a training keep of themselves: each kind of state is read from the same bytes.
#include "predictor/model/blend_file.h"
#include "slurm-plugin/agent/memory_safety_file.h"
#include "slurm-plugin/hold/hold_state.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/resealed.h"
#include "trainer/checkpoint.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNow = 1'790'000'000;
constexpr std::size_t kWeights = 4;

void read_binary(std::string_view bytes) {
  if (const auto blend = parse_blend(bytes))
    require(parse_blend(blend_bytes(*blend)).value() == *blend, "a blend that was read can be written");
  if (const auto fit = parse_checkpoint(bytes, "t", kWeights)) {
    const std::string once = checkpoint_bytes("t", *fit);
    const auto again = parse_checkpoint(once, "t", kWeights);
    require(again && checkpoint_bytes("t", *again) == once, "a checkpoint that was read can be written");
  }
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
  BlendState blend{7, {}};
  blend.blends[0].everybody.jobs = 3;
  blend.blends[0].users = {{1000, {.share = {.1F, .2F, .3F}, .jobs = 3}}};
  FitState fit;
  fit.weights.assign(kWeights, .5F);
  fit.best = fit.weights;
  return {blend_bytes(blend), checkpoint_bytes("t", fit), format_memory_safety({}), format_hold_state({})};
}

void test_one_input(std::string_view input) {
  read_binary(input);
  read_binary(resealed(input));
  if (const auto safety = parse_memory_safety(input, kNow)) {
    const std::string once = format_memory_safety(*safety);
    const auto again = parse_memory_safety(once, kNow);
    require(again && format_memory_safety(*again) == once, "memory's state that was read can be written");
  }
  if (const auto holds = parse_hold_state(input, kNow)) {
    const std::string once = format_hold_state(*holds);
    const auto again = parse_hold_state(once, kNow);
    require(again && format_hold_state(*again) == once, "holds that were read can be written");
  }
}

}  // namespace foreshape

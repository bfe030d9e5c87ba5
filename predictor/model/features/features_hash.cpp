// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/features/features_hash.h"

#include <utility>

#include "predictor/model/features/feature_name_hash.h"
#include "predictor/model/features/features.h"

namespace foreshape {
namespace {

static_assert(enumerator_name<JobFeature::hour_sin>() == "hour_sin");
static_assert(enumerator_name<Identity::work_dir>() == "work_dir");

constexpr std::uint64_t hash_of_features() {
  Fnv hash;
  hash.add(kFeaturesVersion);
  add_names<JobFeature>(hash, std::make_index_sequence<kJobFeatures>{});
  add_names<PairFeature>(hash, std::make_index_sequence<kPairFeatures>{});
  add_names<Identity>(hash, std::make_index_sequence<kIdentities>{});
  hash.add(kPointed);
  return hash.value();
}

}  // namespace

std::uint64_t features_hash() {
  constexpr std::uint64_t kHash = hash_of_features();
  return kHash;
}

}  // namespace foreshape

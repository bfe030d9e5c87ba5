// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <utility>

#include "predictor/model/arrival/arrival_parts.h"

namespace foreshape {
namespace {

/// One distinct shape of the past.
struct Shape {
  std::int64_t last_s = 0;
  float share = 0, after_last = 0;
};

}  // namespace

ShapeKey shape_key(const Submission& s) { return {s.nodes, s.cpus, s.limit_s, s.memory_kib, s.partition}; }

Events::Events(const ArrivalMoment& moment) {
  for (const Submission& s : moment.submissions)
    if (n < kRecentSubmissions && s.submit_s <= moment.now_s) all[n++] = {s.submit_s, shape_key(s)};
  const std::int64_t oldest_seen = n > 0 ? all[n - 1].at_s : INT64_MAX;
  const std::size_t seen = n;
  for (const PastJob& job : moment.jobs) {
    if (n == all.size() || job.submit_s >= oldest_seen || job.submit_s > moment.now_s) continue;
    all[n++] = {job.submit_s,
                {job.requested_nodes, job.requested_cpus, job.requested_limit_s, job.requested_memory_kib,
                 job.partition}};
  }
  // Jobs come in the order of their ends, which is nearly that of their submissions.
  for (std::size_t i = seen + 1; i < n; ++i)
    for (std::size_t j = i; j > seen && all[j].at_s > all[j - 1].at_s; --j) std::swap(all[j], all[j - 1]);
}

void compute_shape_features(const ArrivalMoment& moment, const Events& events, ArrivalInput& out) {
  constexpr float kDecay = 0.95F;
  std::array<Shape, kShapes> found{};
  out.shapes = 0;
  float weight = 1, total = 0, followed = 0;
  std::size_t newer = kShapes;  // the shape of the submission after this one
  for (std::size_t i = 0; i < events.n; ++i) {
    const auto known = std::span{out.keys}.first(out.shapes);
    auto k = static_cast<std::size_t>(std::ranges::find(known, events.all[i].shape) - known.begin());
    if (k == out.shapes && out.shapes < kShapes) {
      out.keys[out.shapes++] = events.all[i].shape;
      found[k].last_s = events.all[i].at_s;
    }
    total += weight;
    if (k < kShapes) found[k].share += weight;
    if (k == 0 && newer < kShapes) {
      found[newer].after_last += weight;
      followed += weight;
    }
    newer = k;
    weight *= kDecay;
  }
  const auto ended = std::ranges::find_if(
      moment.jobs, [&](const PastJob& job) { return static_cast<UnixSeconds>(job.end_s) <= moment.now_s; });
  for (std::size_t k = 0; k < out.shapes; ++k) {
    const ShapeKey& key = out.keys[k];
    const auto set = [&](ShapeFeature f, float value) {
      out.rows[k * kShapeFeatures + static_cast<std::size_t>(f)] = value;
    };
    set(ShapeFeature::rank, static_cast<float>(k) / kShapes);
    set(ShapeFeature::age, time_of(moment.now_s - found[k].last_s));
    set(ShapeFeature::share, found[k].share / total);
    set(ShapeFeature::after_last, followed > 0 ? found[k].after_last / followed : 0);
    const bool just_ended = ended != moment.jobs.end() && ended->requested_limit_s == key.limit_s &&
                            ended->requested_cpus == key.cpus;
    set(ShapeFeature::just_ended, just_ended ? 1.0F : 0.0F);
    float running = 0;
    for (const LiveJob& job : moment.live)
      running += job.limit_s == key.limit_s && job.cpus == key.cpus ? 1.0F : 0.0F;
    set(ShapeFeature::running, log_count(running));
    set(ShapeFeature::hour_distance,
        static_cast<float>(hours_apart_s(moment.now_s, found[k].last_s)) / (kDay_s / 2.0F));
    set(ShapeFeature::limit, time_of(key.limit_s));
    set(ShapeFeature::cpus, log_count(static_cast<float>(key.cpus)));
  }
}

}  // namespace foreshape

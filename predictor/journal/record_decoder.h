// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A FlatBuffers record's tables as values: codec's other half, of use to nobody else.
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: one object, one thread.

#include <algorithm>
#include <array>
#include <optional>

#include "journal_generated.h"
#include "predictor/journal/event.h"
#include "predictor/plan/names.h"

namespace foreshape {

/// Mode's values in their order, as journals have them: dry-run came later.
inline constexpr std::array<std::uint8_t, 5> kWireModes = {0, 1, 4, 2, 3};
static_assert(kWireModes.size() == decltype(kModeNames)::kValues);

/// Reads the tables of one verified record; anything out of its range is noted rather than believed.
class RecordDecoder {
 public:
  bool fine() const { return fine_; }

  template <class T>
  static std::optional<T> optional(const flatbuffers::Optional<T>& value) {
    return value.has_value() ? std::optional<T>(*value) : std::nullopt;
  }

  template <std::size_t N>
  static void text(const flatbuffers::String* from, BoundedText<N>& to) {
    if (from != nullptr) to.assign({from->c_str(), from->size()});
  }

  /// Enumerations are contiguous from 0.
  template <class E>
  E one_of(std::uint8_t value, E last) {
    fine_ &= value <= static_cast<std::uint8_t>(last);
    return fine_ ? static_cast<E>(value) : E{};
  }

  JobRequest request(const wire::Request* from) {
    JobRequest r;
    if (from == nullptr) return fine_ = false, r;
    r.submit_s = from->submit_s();
    r.uid = from->uid();
    r.account = from->account();
    r.partition = from->partition();
    r.qos = from->qos();
    r.name = from->name();
    r.script = from->script();
    r.work_dir = from->work_dir();
    r.gres = from->gres();
    r.licenses = from->licenses();
    r.burst_buffer = from->burst_buffer();
    r.nodes = optional(from->nodes());
    r.cpus = optional(from->cpus());
    r.tasks = optional(from->tasks());
    r.gpus = optional(from->gpus());
    r.memory_per_node_bytes = optional(from->memory_per_node_bytes());
    r.limit_s = optional(from->limit_s());
    r.array_tasks = from->array_tasks();
    r.interactive = from->interactive();
    r.has_dependency = from->has_dependency();
    return r;
  }

  Forecast forecast(const wire::Forecast* from) {
    Forecast f;
    if (const auto* quantiles = from->quantiles(); quantiles != nullptr) {
      fine_ &= quantiles->size() == f.quantiles.size();
      if (fine_) std::copy(quantiles->begin(), quantiles->end(), f.quantiles.begin());
    }
    f.typical = from->typical();
    f.mean = from->mean();
    f.jobs = from->jobs();
    return f;
  }

  Prediction prediction(const wire::Prediction* from) {
    Prediction p;
    // A newer version may know more resources: those that we know come first.
    if (from == nullptr || from->forecasts() == nullptr || from->forecasts()->size() < kResources)
      return fine_ = false, p;
    for (std::size_t i = 0; i < kResources; ++i)
      p.forecasts[i] = forecast(from->forecasts()->Get(static_cast<flatbuffers::uoffset_t>(i)));
    p.evidence = one_of(from->evidence(), Evidence::cluster);
    p.similar_jobs = from->similar_jobs();
    p.model = from->model();
    return p;
  }

  Mode mode(std::uint8_t wire) {
    const auto* const at = std::ranges::find(kWireModes, wire);
    if (at != kWireModes.end()) return static_cast<Mode>(at - kWireModes.begin());
    return fine_ = false, Mode::off;
  }

  Plan plan(const wire::Plan* from) {
    Plan p;
    if (from == nullptr || from->modes() == nullptr || from->modes()->size() < kLevers)
      return fine_ = false, p;
    for (std::size_t i = 0; i < kLevers; ++i)
      p.modes[i] = mode(from->modes()->Get(static_cast<flatbuffers::uoffset_t>(i)));
    p.run_s = optional(from->run_s());
    p.memory_bytes = optional(from->memory_bytes());
    p.order_offset_s = optional(from->order_offset_s());
    p.may_use_pool = from->may_use_pool();
    p.shaped_memory_mib = optional(from->shaped_memory_mib());
    p.order_is_dry = from->order_is_dry();
    return p;
  }

  SubmissionEvent submission(const wire::Submission& from) {
    SubmissionEvent e;
    e.token = from.token();
    e.request = request(from.request());
    e.prediction = prediction(from.prediction());
    e.plan = plan(from.plan());
    e.decided_in_ns = from.decided_in_ns();
    e.opted_out = from.opted_out();
    text(from.account(), e.account);
    text(from.partition(), e.partition);
    text(from.qos(), e.qos);
    text(from.name(), e.name);
    return e;
  }

  OutcomeEvent outcome(const wire::Outcome& from) {
    OutcomeEvent e;
    e.job_id = from.job_id();
    e.token = from.token();
    e.uid = from.uid();
    e.submit_s = from.submit_s();
    e.start_s = from.start_s();
    e.end_s = from.end_s();
    e.state = one_of(from.state(), JobState::requeued);
    e.run_s = from.run_s();
    if (from.requested() != nullptr) e.requested = request(from.requested());
    return e;
  }

  HoldEvent hold(const wire::Hold& from) {
    HoldEvent e;
    e.kind = one_of(from.kind(), HoldKind::personal);
    e.step = one_of(from.step(), HoldPhase::would);
    e.action = one_of(from.action(), HoldAction::release);
    e.at_s = from.at_s();
    text(from.reservation(), e.reservation);
    text(from.partition(), e.partition);
    text(from.user(), e.user);
    e.nodes = from.nodes();
    e.deadline_s = from.deadline_s();
    e.job_id = from.job_id();
    e.idle_node_s = from.idle_node_s();
    text(from.reason(), e.reason);
    return e;
  }

  static NoticeEvent notice(const wire::Notice& from) {
    NoticeEvent e;
    e.at_s = from.at_s();
    e.lost_events = from.lost_events();
    text(from.text(), e.text);
    return e;
  }

  StageEvent stage(const wire::Stage& from) {
    StageEvent e;
    e.step = one_of(from.step(), StagePhase::expired);
    e.at_s = from.at_s();
    e.uid = from.uid();
    e.job_id = from.job_id();
    e.bytes = from.bytes();
    e.copy_ms = from.copy_ms();
    e.uses = from.uses();
    e.user_number = from.user_number();
    text(from.source(), e.source);
    text(from.file_system(), e.file_system);
    text(from.reason(), e.reason);
    return e;
  }

 private:
  bool fine_ = true;
};

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/journal/codec.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <vector>

#include "journal_generated.h"
#include "predictor/journal/frame.h"
#include "predictor/journal/record_decoder.h"

namespace foreshape {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

template <class T>
flatbuffers::Optional<T> wire_optional(const std::optional<T>& value) {
  return value ? flatbuffers::Optional<T>(*value) : flatbuffers::nullopt;
}

template <std::size_t N>
flatbuffers::Offset<flatbuffers::String> wire_text(Builder& to, const BoundedText<N>& text) {
  return text.empty() ? 0 : to.CreateString(text.view().data(), text.view().size());
}

flatbuffers::Offset<wire::Request> encode(Builder& to, const JobRequest& r) {
  return wire::CreateRequest(to, r.submit_s, r.uid, r.account, r.partition, r.qos, r.name, r.script,
                             r.work_dir, r.gres, r.licenses, r.burst_buffer, wire_optional(r.nodes),
                             wire_optional(r.cpus), wire_optional(r.tasks), wire_optional(r.gpus),
                             wire_optional(r.memory_per_node_bytes), wire_optional(r.limit_s), r.array_tasks,
                             r.interactive, r.has_dependency);
}

flatbuffers::Offset<wire::Forecast> encode(Builder& to, const Forecast& f) {
  const bool empty = std::all_of(f.quantiles.begin(), f.quantiles.end(), [](float q) { return q == 0; });
  const auto quantiles = empty ? 0 : to.CreateVector(f.quantiles.data(), f.quantiles.size());
  return wire::CreateForecast(to, quantiles, f.typical, f.mean, f.jobs);
}

flatbuffers::Offset<wire::Prediction> encode(Builder& to, const Prediction& p) {
  std::array<flatbuffers::Offset<wire::Forecast>, kResources> forecasts;
  for (std::size_t i = 0; i < kResources; ++i) forecasts[i] = encode(to, p.forecasts[i]);
  return wire::CreatePrediction(to, to.CreateVector(forecasts.data(), forecasts.size()),
                                static_cast<std::uint8_t>(p.evidence), p.similar_jobs, p.model);
}

flatbuffers::Offset<wire::Plan> encode(Builder& to, const Plan& p) {
  std::array<std::uint8_t, kLevers> modes{};
  for (std::size_t i = 0; i < kLevers; ++i) modes[i] = kWireModes.at(static_cast<std::size_t>(p.modes[i]));
  return wire::CreatePlan(to, to.CreateVector(modes.data(), modes.size()), wire_optional(p.run_s),
                          wire_optional(p.memory_bytes), wire_optional(p.order_offset_s), p.may_use_pool,
                          wire_optional(p.shaped_memory_mib), p.order_is_dry);
}

flatbuffers::Offset<void> encode(Builder& to, const SubmissionEvent& e) {
  const auto request = encode(to, e.request);
  const auto prediction = encode(to, e.prediction);
  const auto plan = encode(to, e.plan);
  const auto account = wire_text(to, e.account);
  const auto partition = wire_text(to, e.partition);
  const auto qos = wire_text(to, e.qos);
  const auto name = wire_text(to, e.name);
  return wire::CreateSubmission(to, e.token, request, prediction, plan, e.decided_in_ns, e.opted_out, account,
                                partition, qos, name)
      .Union();
}

flatbuffers::Offset<void> encode(Builder& to, const OutcomeEvent& e) {
  const auto requested = e.requested ? encode(to, *e.requested) : 0;
  return wire::CreateOutcome(to, e.job_id, e.token, e.uid, e.submit_s, e.start_s, e.end_s,
                             static_cast<std::uint8_t>(e.state), e.run_s, requested)
      .Union();
}

flatbuffers::Offset<void> encode(Builder& to, const HoldEvent& e) {
  const auto reservation = wire_text(to, e.reservation);
  const auto partition = wire_text(to, e.partition);
  const auto user = wire_text(to, e.user);
  const auto reason = wire_text(to, e.reason);
  return wire::CreateHold(to, static_cast<std::uint8_t>(e.kind), static_cast<std::uint8_t>(e.step),
                          static_cast<std::uint8_t>(e.action), e.at_s, reservation, partition, user, e.nodes,
                          e.deadline_s, e.job_id, e.idle_node_s, reason)
      .Union();
}

flatbuffers::Offset<void> encode(Builder& to, const NoticeEvent& e) {
  const auto text = wire_text(to, e.text);
  return wire::CreateNotice(to, e.at_s, e.lost_events, text).Union();
}

flatbuffers::Offset<void> encode(Builder& to, const StageEvent& e) {
  const auto source = wire_text(to, e.source);
  const auto file_system = wire_text(to, e.file_system);
  const auto reason = wire_text(to, e.reason);
  return wire::CreateStage(to, static_cast<std::uint8_t>(e.step), e.at_s, e.uid, e.job_id, e.bytes, e.copy_ms,
                           e.uses, e.user_number, source, file_system, reason)
      .Union();
}

wire::Event wire_kind(const SubmissionEvent&) { return wire::Event::Submission; }
wire::Event wire_kind(const OutcomeEvent&) { return wire::Event::Outcome; }
wire::Event wire_kind(const HoldEvent&) { return wire::Event::Hold; }
wire::Event wire_kind(const NoticeEvent&) { return wire::Event::Notice; }
wire::Event wire_kind(const StageEvent&) { return wire::Event::Stage; }

}  // namespace

struct EventEncoder::Buffer {
  Builder builder{2048};
};

EventEncoder::EventEncoder() : buffer_(std::make_unique<Buffer>()) {}
EventEncoder::~EventEncoder() = default;
EventEncoder::EventEncoder(EventEncoder&&) noexcept = default;
EventEncoder& EventEncoder::operator=(EventEncoder&&) noexcept = default;

std::string_view EventEncoder::encode(const JournalEvent& event) {
  Builder& to = buffer_->builder;
  to.Clear();
  const auto [kind, body] = std::visit(
      [&to](const auto& e) {
        return std::pair{wire_kind(e), foreshape::encode(to, e)};
      },
      event);
  wire::FinishRecordBuffer(to, wire::CreateRecord(to, kind, body));
  // Bytes are bytes: FlatBuffers counts them as unsigned char.
  return {reinterpret_cast<const char*>(to.GetBufferPointer()), to.GetSize()};
}

Result<JournalEvent> decode_event(std::string_view bytes) {
  // Copied to where FlatBuffers may read numbers in one piece: in a file a record begins anywhere.
  constexpr std::size_t kMinBytes = 8;
  alignas(std::max_align_t) std::array<std::uint8_t, kMaxPayloadBytes> data;
  if (bytes.size() < kMinBytes || bytes.size() > data.size())
    return failure(ErrorCode::corrupt, "not a journal record");
  std::memcpy(data.data(), bytes.data(), bytes.size());
  flatbuffers::Verifier verifier(data.data(), bytes.size());
  if (!wire::VerifyRecordBuffer(verifier)) return failure(ErrorCode::corrupt, "not a journal record");
  const wire::Record& record = *wire::GetRecord(data.data());
  if (record.event() == nullptr) return failure(ErrorCode::corrupt, "a journal record without an event");
  RecordDecoder decoder;
  JournalEvent event;
  switch (record.event_type()) {
    case wire::Event::Submission:
      event = decoder.submission(*record.event_as_Submission());
      break;
    case wire::Event::Outcome:
      event = decoder.outcome(*record.event_as_Outcome());
      break;
    case wire::Event::Hold:
      event = decoder.hold(*record.event_as_Hold());
      break;
    case wire::Event::Notice:
      event = RecordDecoder::notice(*record.event_as_Notice());
      break;
    case wire::Event::Stage:
      event = decoder.stage(*record.event_as_Stage());
      break;
    default:
      return failure(ErrorCode::invalid_input,
                     "a kind of event that this version does not know; use a newer version");
  }
  if (!decoder.fine()) return failure(ErrorCode::corrupt, "a journal record with a value out of its range");
  return event;
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/dataset_columns.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>

namespace foreshape {
namespace {

// Which kind of number a field becomes, and which one says that there is none.
template <class Field>
struct Stored {
  using Number = Field;
};
template <>
struct Stored<bool> {
  using Number = std::uint8_t;
};
template <>
struct Stored<JobState> {
  using Number = std::uint8_t;
};
template <class Value>
struct Stored<std::optional<Value>> {
  using Number = Value;
};

template <class Number>
constexpr Number missing() {
  if constexpr (std::is_floating_point_v<Number>)
    return std::numeric_limits<Number>::quiet_NaN();
  else
    return static_cast<Number>(-1);
}

template <class Number>
constexpr ColumnKind kind_of() {
  if constexpr (std::is_same_v<Number, std::int64_t>) return ColumnKind::int64;
  if constexpr (std::is_same_v<Number, std::uint32_t>) return ColumnKind::uint32;
  if constexpr (std::is_same_v<Number, std::uint8_t>) return ColumnKind::uint8;
  if constexpr (std::is_same_v<Number, float>) return ColumnKind::float32;
}

template <class Field>
typename Stored<Field>::Number number_of(const Field& field) {
  return static_cast<typename Stored<Field>::Number>(field);
}
template <class Value>
Value number_of(const std::optional<Value>& field) {
  return field.value_or(missing<Value>());
}

template <class Field>
void set(Field& field, typename Stored<Field>::Number number) {
  field = static_cast<Field>(number);
}
template <class Value>
void set(std::optional<Value>& field, Value number) {
  bool is_missing = number == missing<Value>();
  if constexpr (std::is_floating_point_v<Value>) is_missing = std::isnan(number);
  field = is_missing ? std::nullopt : std::optional{number};
}

auto& half(TracedJob& job, const JobRequest* /*which*/) { return job.request; }
auto& half(TracedJob& job, const JobUsage* /*which*/) { return job.usage; }

template <class>
struct MemberOf;
template <class Half, class Field>
struct MemberOf<Field Half::*> {
  using HalfType = Half;
  using FieldType = Field;
};

template <auto Member>
auto& field_of(TracedJob& job) {
  return half(job, static_cast<const typename MemberOf<decltype(Member)>::HalfType*>(nullptr)).*Member;
}

template <auto Member>
constexpr DatasetColumn column(const char* name, const char* meaning) {
  using Number = typename Stored<typename MemberOf<decltype(Member)>::FieldType>::Number;
  return {name, kind_of<Number>(), meaning,
          [](const TracedJob& job, std::byte* to) {
            TracedJob copy = job;
            const Number number = number_of(field_of<Member>(copy));
            std::memcpy(to, &number, sizeof number);
          },
          [](const std::byte* from, TracedJob& job) {
            Number number{};
            std::memcpy(&number, from, sizeof number);
            set(field_of<Member>(job), number);
          }};
}

// clang-format off
constexpr auto kColumns = std::to_array<DatasetColumn>({
    column<&JobRequest::submit_s>("submit_s", "Unix seconds; never less than in the row before"),
    column<&JobRequest::uid>("uid", "user"),
    column<&JobRequest::account>("account", "hash"),
    column<&JobRequest::partition>("partition", "hash of the list as written"),
    column<&JobRequest::qos>("qos", "hash"),
    column<&JobRequest::name>("name", "hash, digits folded"),
    column<&JobRequest::script>("script", "hash of script and command line"),
    column<&JobRequest::work_dir>("work_dir", "hash of the working directory"),
    column<&JobRequest::gres>("gres", "hash of the requested generic resources (GRES)"),
    column<&JobRequest::licenses>("licenses", "hash"),
    column<&JobRequest::burst_buffer>("burst_buffer", "hash of the burst buffer directives"),
    column<&JobRequest::nodes>("requested_nodes", "count"),
    column<&JobRequest::cpus>("requested_cpus", "count"),
    column<&JobRequest::tasks>("requested_tasks", "count"),
    column<&JobRequest::gpus>("requested_gpus", "count"),
    column<&JobRequest::memory_per_node_bytes>("requested_memory_bytes", "bytes on each node"),
    column<&JobRequest::limit_s>("requested_limit_s", "seconds"),
    column<&JobRequest::array_tasks>("array_tasks", "count; 0 = not an array"),
    column<&JobRequest::interactive>("interactive", "1 = srun or salloc, without a batch script"),
    column<&JobRequest::has_dependency>("has_dependency", "1 = it waited for other jobs"),
    column<&JobUsage::start_s>("start_s", "Unix seconds; 0 = not started"),
    column<&JobUsage::end_s>("end_s", "Unix seconds; 0 = not ended"),
    column<&JobUsage::run_s>("run_s", "seconds; of a running job, so far"),
    column<&JobUsage::state>("state", "0 unknown, 1 pending, 2 running, 3 completed, 4 failed, 5 cancelled, 6 timeout, "
                             "7 out of memory, 8 node failed, 9 preempted, 10 boot failed, 11 deadline, 12 requeued"),
    column<&JobUsage::peak_memory_bytes>("used_memory_bytes", "bytes, the largest over nodes"),
    column<&JobUsage::cpu_efficiency>("cpu_efficiency", "cpu time / (allocated cpus x run time)"),
    column<&JobUsage::read_bytes>("read_bytes", "bytes over all steps"),
    column<&JobUsage::written_bytes>("written_bytes", "bytes over all steps"),
});
// clang-format on

}  // namespace

std::size_t bytes_of(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::int64:
      return 8;
    case ColumnKind::uint8:
      return 1;
    case ColumnKind::uint32:
    case ColumnKind::float32:
      break;
  }
  return 4;
}

std::span<const DatasetColumn> dataset_columns() { return kColumns; }

}  // namespace foreshape

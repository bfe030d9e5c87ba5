// SPDX-License-Identifier: GPL-2.0-or-later
// What people type: times, durations, sizes, fields, states, names.
#include <array>

#include "predictor/config/key.h"
#include "predictor/config/key_kind.h"
#include "predictor/config/units.h"
#include "tests/fuzz/fuzz_target.h"
#include "tools/cli/columns.h"
#include "tools/cli/slurm_text.h"
#include "tools/cli/state_names.h"
#include "tools/cli/time_words.h"
#include "tools/sshape/state_colour.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNow = 1'790'000'000;
constexpr std::array<FieldName, 3> kFields = {{{"JobID", 12}, {"JobName", 10}, {"State", 10}}};

template <class T>
void is_told(const Result<T>& read) {
  require(read.has_value() || !read.error().message.empty(), "who is refused is told why");
}

}  // namespace

std::vector<std::string> fuzz_seeds() { return {}; }

void test_one_input(std::string_view input) {
  for (const PlainNumber plain : {PlainNumber::seconds, PlainNumber::minutes})
    if (const auto seconds = parse_duration(input, plain)) {
      require(*seconds >= 0, "a duration is not below nothing");
      require(parse_duration(format_duration(*seconds), plain) == seconds,
              "a duration that is printed can be read");
    }
  if (const auto bytes = parse_size(input)) require(*bytes >= 0, "a size is not below nothing");
  (void)key_kind::parse_real(input);
  (void)parse_unit(input);
  (void)parse_colour(input);
  is_told(parse_time_words(input, kNow));
  is_told(parse_states(input));
  is_told(parse_names(input));
  is_told(parse_mode(input, std::nullopt));
  const auto columns = parse_format(input, kFields);
  is_told(columns);
  if (columns)
    for (const Column& column : *columns)
      require(column.field < kFields.size(), "a column is one that there is");
}

}  // namespace foreshape

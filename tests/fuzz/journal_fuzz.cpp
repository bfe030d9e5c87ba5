// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/journal/codec.h"
#include "predictor/journal/frame.h"
#include "predictor/journal/frame_scanner.h"
#include "tests/fuzz/fuzz_target.h"

namespace foreshape {
namespace {

std::string payload(const JournalEvent& event) { return std::string(EventEncoder().encode(event)); }

/// Decodes, and requires that what was believed can be written and read again.
void decode(std::string_view bytes) {
  const auto event = decode_event(bytes);
  if (!event) return;
  const std::string once = payload(*event);
  const auto again = decode_event(once);
  require(again.has_value() && payload(*again) == once,
          "an event that was read can be written and read again");
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
  SubmissionEvent submission;
  submission.request.nodes = 3;
  submission.prediction.of(Resource::run_time).quantiles.fill(60);
  submission.name.assign("relax");
  std::vector<std::string> seeds{payload(submission), payload(OutcomeEvent{}), payload(HoldEvent{}),
                                 payload(NoticeEvent{}), payload(StageEvent{})};
  std::string file, frame;
  for (std::uint64_t i = 0; i < 4; ++i) {
    make_frame(i + 1, seeds[i], frame);
    file += frame;
  }
  seeds.push_back(file);
  return seeds;
}

void test_one_input(std::string_view input) {
  decode(input);
  (void)parse_frame(input);
  MemoryFile file(input);
  FrameScanner scanner(file.take(), "memory", 1);
  std::uint64_t before = 0;
  for (;;) {
    const auto found = scanner.next();
    require(found.has_value(), "a readable file is read");
    if (!*found) break;
    require((*found)->sequence > before, "numbers rise");
    before = (*found)->sequence;
    decode((*found)->payload);
  }
  require(scanner.end() <= static_cast<std::int64_t>(input.size()), "nothing beyond the end is believed");
}

}  // namespace foreshape

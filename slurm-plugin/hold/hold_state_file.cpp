// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/hold_state_file.h"

#include <utility>

#include "predictor/base/file.h"

namespace foreshape {
namespace {

constexpr std::size_t kMaxStateBytes = 16U << 20;

}  // namespace

Result<HoldState> HoldStateFile::read(const std::string& path, UnixSeconds now_s) {
  written_.clear();
  auto text = read_file(path, kMaxStateBytes);
  if (!text) return tl::make_unexpected(std::move(text.error()));
  auto state = parse_hold_state(*text, now_s);
  if (!state) state.error().message = path + ": " + state.error().message;
  return state;
}

Result<void> HoldStateFile::write(const std::string& path, const HoldState& state) {
  std::string text = format_hold_state(state);
  if (text == written_) return {};
  if (text.size() > kMaxStateBytes)
    return failure(ErrorCode::invalid_input, path + ": not written: its " + std::to_string(text.size()) +
                                                 " bytes are more than can be read back (" +
                                                 std::to_string(kMaxStateBytes) + ")");
  if (auto replaced = replace_file(path, text, 0600); !replaced) return replaced;
  written_ = std::move(text);
  return {};
}

}  // namespace foreshape

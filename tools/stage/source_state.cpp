// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/source_state.h"

#include <pwd.h>

#include "predictor/base/text.h"
#include "tools/stage/owner_process.h"
#include "tools/stage/source_path.h"
#include "tools/stage/staged_lookup.h"
#include "tools/stage/tree_listing.h"
#include "tools/stage/user_directory.h"

namespace foreshape {
namespace {

SourceState unreadable_source(const std::string& why) {
  SourceState state;
  harmless(why).copy(state.why.data(), state.why.size() - 1);
  return state;
}

/// The bytes of a source that is not staged.
SourceState look_at_unstaged(const StageSettings& settings, const std::string& source) {
  const auto root = open_source(source);
  if (!root) return unreadable_source(root.error().message);
  const auto listed = list_tree(root->get(), source, settings.copy);
  if (!listed) return unreadable_source(listed.error().message);
  SourceState state;
  state.readable = true;
  state.bytes = listed->bytes;
  file_system_of(source).copy(state.file_system.data(), state.file_system.size() - 1);
  return state;
}

/// With the user's rights. What costs least comes first: leases, then the copy, the source's own tree last.
SourceState look_as_owner(const StageSettings& settings, const std::string& source) {
  const SystemClock clock;
  const auto buffer = open_buffer(settings.buffer);
  if (!buffer) return unreadable_source(buffer.error().message);
  SourceState state;
  state.readable = true;
  if (const auto own = open_user_directory(buffer->get(), false))
    state.unused = unused_copies(own->get(), settings.keep_max_s, clock.now_s());
  if (const auto copy = find_copy(settings, source, {0, false}, clock)) {
    state.staged = true;
    state.bytes = copy->bytes;
    return state;
  }
  return state.unused >= kMaxUnused ? state : look_at_unstaged(settings, source);
}

}  // namespace

SourceState look_at_source(const StageSettings& settings, uid_t uid, const std::string& source) {
  constexpr std::chrono::seconds kTime{30};
  const passwd* user = ::getpwuid(uid);  // NOLINT(concurrency-mt-unsafe): one thread
  if (user == nullptr) return unreadable_source("no such user on this machine");
  auto state =
      value_as<SourceState>(uid, user->pw_gid, kTime, [&] { return look_as_owner(settings, source); });
  if (!state) return unreadable_source(state.error().message);
  state->why.back() = state->file_system.back() = '\0';
  return *state;
}

}  // namespace foreshape

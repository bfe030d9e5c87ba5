// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/staged_lookup.h"

#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>

#include "predictor/base/directory.h"
#include "predictor/base/text.h"
#include "tools/stage/draft.h"
#include "tools/stage/lease.h"
#include "tools/stage/manifest.h"
#include "tools/stage/source_path.h"
#include "tools/stage/tree_names.h"

namespace foreshape {
namespace {

tl::unexpected<Error> no_copy(const std::string& why) { return failure(ErrorCode::not_found, why); }

/// Whether the copied data are still what the manifest says.
Result<void> check_data(int copy, const Manifest& manifest) {
  const Descriptor data = open_below(copy, "data");
  const std::string name = last_name(manifest.source);
  const Descriptor root{
      ::openat(data.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
  if (!data.is_open() || !root.is_open()) return no_copy("its data are gone");
  const TreeCaps caps{manifest.tree.entries.size(), manifest.tree.bytes};
  const auto listed = list_tree(root.get(), "the copy", caps);
  if (!listed) return no_copy(listed.error().message);
  if (const auto name_of = first_difference(manifest.tree, *listed, Sameness::copied))
    return no_copy("the copy itself was changed: " + harmless(*name_of));
  return {};
}

/// Whether the source is still what it was when it was copied.
Result<void> check_current(const Manifest& manifest) {
  const auto root = open_source(manifest.source);
  if (!root) return tl::make_unexpected(root.error());
  const TreeCaps caps{manifest.tree.entries.size(), manifest.tree.bytes};
  const auto now = list_tree(root->get(), manifest.source, caps);
  if (!now) return no_copy("the source changed since: " + now.error().message);
  if (const auto name = first_difference(manifest.tree, *now, Sameness::unchanged))
    return no_copy("the source changed since: " + (name->empty() ? manifest.source : harmless(*name)));
  return {};
}

/// One copy on the way to being used.
struct Candidate {
  int user_directory;
  CopyName name;
  const StageSettings& settings;
  const std::string& source;
};

/// The lease as it is from now on.
Result<Lease> renew(const Candidate& candidate, int copy, const CopyUse& use, UnixSeconds now) {
  Lease renewed;
  const auto done = with_copy_locked(copy, [&]() -> Result<void> {
    auto lease = read_lease(copy);
    if (!lease) return no_copy(lease.error().message);
    if (!is_valid(*lease, now, candidate.settings.keep_max_s)) return no_copy("it has expired");
    // Whoever removes it renames it first, under this lock.
    if (!is_named(candidate.user_directory, candidate.name.text(), copy))
      return no_copy("it was removed just now");
    lease->expires_s = std::max(lease->expires_s, now + std::min(use.keep_s, candidate.settings.keep_max_s));
    if (use.by_job) {
      lease->used_s = now;
      ++lease->uses;
    }
    renewed = *lease;
    return write_lease(copy, *lease);
  });
  if (!done) return tl::make_unexpected(done.error());
  return renewed;
}

Result<FoundCopy> check_and_renew(const Candidate& candidate, const CopyUse& use, UnixSeconds now) {
  const Descriptor copy = open_copy(candidate.user_directory, candidate.name.text());
  if (!copy.is_open()) return no_copy("it was removed just now");
  const auto manifest = read_manifest(copy.get());
  if (!manifest) return no_copy(manifest.error().message);
  if (manifest->source != candidate.source) return no_copy("it is of another source");
  return check_data(copy.get(), *manifest)
      .and_then([&] { return check_current(*manifest); })
      .and_then([&] { return renew(candidate, copy.get(), use, now); })
      .map([&](const Lease& lease) {
        return FoundCopy{data_path(candidate.settings, candidate.name, candidate.source),
                         manifest->tree.bytes, lease.copy_ms};
      });
}

}  // namespace

Result<FoundCopy> find_copy(const StageSettings& settings, const std::string& source, const CopyUse& use,
                            const Clock& clock) {
  const auto buffer = open_buffer(settings.buffer);
  if (!buffer) return tl::make_unexpected(buffer.error());
  const auto own = open_user_directory(buffer->get(), false);
  if (!own) return tl::make_unexpected(own.error());
  const auto copies = copies_in(own->get(), copy_key(source));
  if (!copies) return tl::make_unexpected(copies.error());
  std::string why = "never staged, or expired";
  for (const CopyName& name : *copies) {
    auto fine = check_and_renew({own->get(), name, settings, source}, use, clock.now_s());
    if (fine) return fine;
    if (fine.error().code != ErrorCode::not_found) return tl::make_unexpected(fine.error());
    why = fine.error().message;
  }
  return failure(ErrorCode::not_found, source + ": no copy that a job may use: " + why);
}

std::string data_path(const StageSettings& settings, const CopyName& copy, const std::string& source) {
  return fmt::format("{}/{}/{}/data/{}", settings.buffer, ::geteuid(), copy.text(), last_name(source));
}

std::uint32_t unused_copies(int user_directory, std::int64_t keep_max_s, UnixSeconds now) {
  std::uint32_t unused = 0;
  for (const CopyName& name : copies_in(user_directory).value_or(std::vector<CopyName>{})) {
    const Descriptor copy = open_copy(user_directory, name.text());
    const auto lease = copy.is_open() ? read_lease(copy.get()) : failure(ErrorCode::not_found, "gone");
    if (lease && is_valid(*lease, now, keep_max_s) && lease->uses == 0) ++unused;
  }
  return unused;
}

std::int64_t claimed_bytes(int user_directory, const std::string& but_draft) {
  std::int64_t bytes = 0;
  for (const std::string& name : names_in(user_directory, kMaxCopies).value_or(std::vector<std::string>{})) {
    if (name == but_draft) continue;
    if (name.starts_with(kDraftPrefix)) bytes += promised_bytes(user_directory, name);
    if (!parse_copy_name(name)) continue;
    const Descriptor copy = open_copy(user_directory, name);
    const auto manifest = copy.is_open() ? read_manifest(copy.get()) : failure(ErrorCode::not_found, name);
    if (manifest) bytes += manifest->tree.bytes;
  }
  return bytes;
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/staging.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "predictor/base/directory.h"
#include "predictor/base/file.h"
#include "predictor/base/text.h"
#include "tools/stage/draft.h"
#include "tools/stage/lease.h"
#include "tools/stage/manifest.h"
#include "tools/stage/source_path.h"
#include "tools/stage/staged_lookup.h"
#include "tools/stage/tree_copy.h"
#include "tools/stage/tree_names.h"
#include "tools/stage/user_directory.h"

namespace foreshape {
namespace {

/// Lists the source once nothing in it is younger than settle_s; it waits that long once.
Result<TreeListing> settled_listing(int root, const StageSettings& settings, const StageRequest& request,
                                    const Clock& clock) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  for (int i = 0; i < 2; ++i) {
    auto listed = list_tree(root, request.source, settings.copy);
    if (!listed || clock.now_s() - listed->changed_ns / kSecond > request.settle_s) return listed;
    if (request.settle_s == 0) return listed;
    if (i == 0) ::sleep(static_cast<unsigned>(request.settle_s + 1));
  }
  return failure(ErrorCode::busy, request.source + ": still being written; stage it once that is done");
}

/// Whether so many bytes more fit, by the user's cap and by what must stay free.
Result<void> check_space(int user_directory, const std::string& draft, std::int64_t bytes,
                         const StageSettings& settings) {
  const std::int64_t claimed = claimed_bytes(user_directory, draft);
  if (bytes > settings.user_bytes - claimed)
    return failure(ErrorCode::unavailable,
                   fmt::format("{} bytes beside your {} in the buffer are more than {} (UserBytes)", bytes,
                               claimed, settings.user_bytes));
  struct statvfs disk {};
  if (::fstatvfs(user_directory, &disk) != 0)
    return failure(ErrorCode::unavailable, "the buffer: statvfs: " + last_reason());
  const double free = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
  const double kept =
      settings.keep_free * static_cast<double>(disk.f_blocks) * static_cast<double>(disk.f_frsize);
  if (static_cast<double>(bytes) > free - kept)
    return failure(ErrorCode::unavailable,
                   fmt::format("{} bytes don't fit: {:.0f} are free in the buffer, of which "
                               "{:.0f} stay so (KeepFree)",
                               bytes, free, kept));
  return {};
}

Result<void> copy_data(int root, TreeListing& tree, Draft& draft, const StageRequest& request,
                       const Clock& clock) {
  if (::mkdirat(draft.get(), "data", 0700) != 0)
    return failure(ErrorCode::unavailable, "mkdir: " + last_reason());
  const Descriptor data = open_below(draft.get(), "data");
  if (!data.is_open()) return failure(ErrorCode::unavailable, "data: " + last_reason());
  CopyManner manner;
  manner.with_checksums = request.with_checksums;
  manner.proceed = [&] {
    draft.say_alive(clock.now_s());
    return request.proceed();
  };
  if (auto copied = copy_tree(root, tree, data.get(), last_name(request.source), manner); !copied)
    return copied;
  if (::fsync(data.get()) != 0) return failure(ErrorCode::unavailable, "fsync: " + last_reason());
  return {};
}

/// The source as a whole is what it was when the copying began.
Result<void> check_unchanged(const TreeListing& tree, const StageSettings& settings,
                             const std::string& source) {
  const auto root = open_source(source);
  if (!root) return tl::make_unexpected(root.error());
  const auto now = list_tree(root->get(), source, settings.copy);
  if (!now) return tl::make_unexpected(now.error());
  if (const auto name = first_difference(tree, *now, Sameness::unchanged))
    return failure(ErrorCode::busy, harmless(source + "/" + *name) + ": changed while it was copied");
  return {};
}

Result<void> write_papers(const Draft& draft, const Manifest& manifest, const Lease& lease) {
  const std::string text = manifest_text(manifest);
  if (text.size() > kMaxManifestBytes)
    return failure(ErrorCode::invalid_input, "the names in it are too long for a manifest");
  if (auto written = replace_file_at(draft.get(), "manifest", text, 0600); !written) return written;
  return write_lease(draft.get(), lease);
}

struct MadeCopy {
  CopyName name;
  std::int64_t copy_ms = 0;
};

/// All of it, in a draft that is gone again unless it was published.
Result<MadeCopy> make_copy(int user_directory, int root, TreeListing& tree, const StageSettings& settings,
                           const StageRequest& request, const Clock& clock) {
  const std::string key = copy_key(request.source);
  auto draft = Draft::begin(user_directory, key, tree.bytes, clock.now_s());
  if (!draft) return tl::make_unexpected(draft.error());
  MadeCopy copy{new_copy_name(key)};
  const std::int64_t began_ns = clock.monotonic_ns();
  const auto made = check_space(user_directory, kDraftPrefix + key, tree.bytes, settings)
                        .and_then([&] { return copy_data(root, tree, *draft, request, clock); })
                        .and_then([&] { return check_unchanged(tree, settings, request.source); })
                        .and_then([&] {
                          constexpr std::int64_t kMillisecond_ns = 1'000'000;
                          copy.copy_ms = (clock.monotonic_ns() - began_ns) / kMillisecond_ns;
                          const UnixSeconds now = clock.now_s();
                          return write_papers(*draft, {request.source, now, tree},
                                              {now + settings.keep_s, 0, 0, copy.copy_ms});
                        })
                        .and_then([&] { return draft->publish(copy.name); });
  if (!made) return tl::make_unexpected(made.error());
  return copy;
}

}  // namespace

Result<StagedCopy> stage_copy(const StageSettings& settings, const StageRequest& request,
                              const Clock& clock) {
  const auto buffer = open_buffer(settings.buffer);
  if (!buffer) return tl::make_unexpected(buffer.error());
  const auto root = open_source(request.source);
  if (!root) return tl::make_unexpected(root.error());
  auto tree = settled_listing(root->get(), settings, request, clock);
  if (!tree) return tl::make_unexpected(tree.error());
  StagedCopy staged{"", tree->bytes, tree->entries.size()};
  if (auto standing = find_copy(settings, request.source, {settings.keep_s, false}, clock)) {
    staged.path = std::move(standing->path);
    return staged;
  }
  const auto own = open_user_directory(buffer->get(), true);
  if (!own) return tl::make_unexpected(own.error());
  const auto made = make_copy(own->get(), root->get(), *tree, settings, request, clock);
  if (!made) return tl::make_unexpected(about(request.source, made.error()));
  staged.is_new = true;
  staged.copy_ms = made->copy_ms;
  staged.path = data_path(settings, made->name, request.source);
  return staged;
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/buffer_sweep.h"

#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/text.h"
#include "tools/stage/owner_process.h"
#include "tools/stage/tree_names.h"
#include "tools/stage/tree_removal.h"
#include "tools/stage/user_directory.h"
#include "tools/stage/user_sweep.h"

namespace foreshape {
namespace {

StageAccount with_failure(uid_t uid, const std::string& why) {
  StageAccount account;
  account.uid = uid;
  account.failures = 1;
  harmless(why).copy(account.failure.data(), account.failure.size() - 1);
  return account;
}

/// One entry of the buffer that has a user's name.
struct NamedEntry {
  int buffer;
  std::string name;
  uid_t uid;
  struct stat info;
};

/// What the owner's process does.
StageAccount sweep_as_owner(const NamedEntry& entry, const StageSettings& settings, UnixSeconds now,
                            bool dry_run) {
  if (entry.info.st_uid == entry.uid && S_ISDIR(entry.info.st_mode)) {
    const auto own = open_user_directory(entry.buffer, false);
    if (!own) return with_failure(entry.uid, own.error().message);
    return sweep_user_directory(own->get(), settings, now, dry_run);
  }
  StageAccount account;
  account.uid = entry.info.st_uid;
  account.orphans = 1;
  if (dry_run) return account;
  const auto removed = remove_tree(entry.buffer, entry.name);
  return removed ? account : with_failure(entry.info.st_uid, removed.error().message);
}

StageAccount swept(const NamedEntry& entry, const StageSettings& settings, const SweepOptions& options,
                   UnixSeconds now) {
  if (entry.info.st_uid == 0 && entry.uid != 0)
    return with_failure(entry.uid, "'" + entry.name + "' in the buffer belongs to root: chown or remove it");
  auto account = value_as<StageAccount>(entry.info.st_uid, entry.info.st_gid, options.user_time, [&] {
    return sweep_as_owner(entry, settings, now, options.dry_run);
  });
  if (!account) return with_failure(entry.uid, account.error().message);
  account->failure.back() = '\0';
  return *account;
}

}  // namespace

Result<std::vector<StageAccount>> sweep_buffer(const StageSettings& settings, const SweepOptions& options,
                                               const Clock& clock) {
  const auto buffer = open_buffer(settings.buffer);
  if (!buffer) return tl::make_unexpected(buffer.error());
  const auto names = names_in(buffer->get(), kMaxUsers);
  if (!names) return tl::make_unexpected(about(settings.buffer, names.error()));
  std::vector<StageAccount> accounts;
  for (const std::string& name : *names) {
    NamedEntry entry{buffer->get(), name, named_uid(name).value_or(0), {}};
    if (!named_uid(name)) continue;
    if (::fstatat(entry.buffer, name.c_str(), &entry.info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (::geteuid() != 0 && (entry.uid != ::geteuid() || entry.info.st_uid != ::geteuid())) continue;
    accounts.push_back(swept(entry, settings, options, clock.now_s()));
  }
  return accounts;
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A listed file or tree copied, entry for entry.
//
// Runs in: offline, as the user whose data it is.
// Threads: pure functions over the file system.

#include <string>

#include "predictor/base/result.h"
#include "tools/stage/file_copy.h"
#include "tools/stage/tree_listing.h"

namespace foreshape {

/// Copies what `listing` has of the source to `name` in the directory, and puts the checksums into the listing.
/// Every part of the way is opened from the directory above it, none through a link. Directories get mode 0700.
///
/// source: as given to list_tree()
/// Errors: busy - an entry is not as it was listed; unavailable; what manner.proceed() says. The message names
/// the entry.
Result<void> copy_tree(int source, TreeListing& listing, int directory, const std::string& name,
                       const CopyManner& manner);

}  // namespace foreshape

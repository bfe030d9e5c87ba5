// SPDX-License-Identifier: GPL-2.0-or-later
// The Runtime of the test's own program, in place of the library that a plugin loads.

#include "slurm-plugin/linked_runtime.h"

namespace foreshape {

const LinkedRuntime* linked_runtime() noexcept {
  static const LinkedRuntime linked{foreshape_start,  foreshape_stop,   foreshape_reconfigure,
                                    foreshape_submit, foreshape_modify, foreshape_refuses};
  return &linked;
}

}  // namespace foreshape

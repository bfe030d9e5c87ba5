// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Places where a test breaks a running slurmctld on purpose. In the product they compile to nothing.
//
// Runs in: slurmctld, in tests only: a second build of the Runtime has -DFORESHAPE_FAULT_POINTS.
// Threads: any.

namespace foreshape {

/// True if the environment variable FORESHAPE_FAULT names this fault (several are separated by commas).
bool fault_wanted(const char* name);

}  // namespace foreshape

// FORESHAPE_FAULT("predict_throw", throw std::runtime_error("...")): the statement runs if the fault is
// wanted.
// NOLINTBEGIN(bugprone-macro-parentheses): a statement has none.
#ifdef FORESHAPE_FAULT_POINTS
#define FORESHAPE_FAULT(name, statement)            \
  do {                                              \
    if (::foreshape::fault_wanted(name)) statement; \
  } while (false)
#else
#define FORESHAPE_FAULT(name, statement) static_cast<void>(0)
#endif
// NOLINTEND(bugprone-macro-parentheses)

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Marks what Slurm (or another of our libraries) may find: everything else is hidden.
//
// Runs in: slurmctld.
// Threads: nothing here runs.

// -fvisibility=hidden hides a symbol before any version script can name it: entry points need both.
#define FORESHAPE_EXPORT __attribute__((visibility("default")))

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One function, compiled for several processors; the right one is chosen when the program is loaded.
//
// Runs in: slurmctld and offline.
// Threads: none.

// The choice is made before the sanitizers are ready for it, and clang has its own rules.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define FORESHAPE_SEVERAL_PROCESSORS
#define FORESHAPE_TARGET_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FORESHAPE_TARGET_CLONES
#endif

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Slurm's functions that plugins use but no public header declares. slurmctld exports them under these
// names in every release from 22.05 to 26.05; they stay undefined in our libraries and are bound when
// slurmctld loads them.
//
// Runs in: slurmctld.
// Threads: all of them may be called from any thread; slurm_conf is another matter, see below.

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>
#include <slurm/slurm_version.h>

extern "C" {

/// A copy in Slurm's own memory: the only kind of string that may be put into a job descriptor or an
/// err_msg, since slurmctld frees it with its own xfree.
char* slurm_xstrdup(const char* text);
/// Frees *memory and sets it to NULL.
void slurm_xfree(void** memory);

int slurm_error(const char* format, ...) __attribute__((format(printf, 1, 2)));
void slurm_info(const char* format, ...) __attribute__((format(printf, 1, 2)));
void slurm_debug(const char* format, ...) __attribute__((format(printf, 1, 2)));

/// slurm.conf as slurmctld has read it. Its strings are freed and read again by a reconfigure, under a
/// lock that plugins can't take: to be read in init() only, where nobody else runs yet. Later, ask with
/// slurm_load_ctl_conf().
extern slurm_conf_t slurm_conf;
}

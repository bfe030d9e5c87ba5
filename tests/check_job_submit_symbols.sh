#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fails if what runs inside job_submit calls a C function that is not on the list below. The public slurm.h declares
# every RPC beside the constants that a descriptor needs, so includes alone can't tell.
#   check_job_submit_symbols.sh OBJECT...
set -euo pipefail
(($# > 0)) || { echo "usage: check_job_submit_symbols.sh OBJECT..." >&2; exit 2; }

allowed='mem[a-z]+|bcmp|str(n?len|n?cmp|n?casecmp|to[a-z]+)|exp[fm1]*|log[f1p0-9]*|pow[f]?|l?l?round[f]?|fmod[f]?|ceil[f]?|floor[f]?|abort'
allowed+='|pthread_(mutex|cond)_[a-z]+|pthread_(self|create|join|once|key_create|setname_np|sigmask)|sigfillset|getenv|clock_gettime|nanosleep|sched_yield'
allowed+='|slurm_(xstrdup|xfree|xcalloc|error|info|debug|verbose|conf|get_errno)|__(cxa|gxx|stack_chk|assert|libc_single|errno|mem|str|tls|sprintf)[a-z_]*|__dso_handle'
allowed+='|__isoc23_strto[a-z]+|_GLOBAL_OFFSET_TABLE_|_Unwind_Resume|__gxx_personality_v0'
forbidden_cpp='basic_(file|[io]?fstream)|filesystem|Journal(Writer|Reader)' # mangled names

found=$(nm --undefined-only --format=posix "$@" | awk 'NF >= 2 {print $1}' | sort -u)
bad=$(grep -v '^_Z' <<<"$found" | grep -vxE "$allowed" || true)
bad+=$(grep '^_Z' <<<"$found" | grep -E "$forbidden_cpp" || true)
[[ -z $bad ]] || { printf 'not allowed inside job_submit: %s\n' $bad; exit 1; }
echo "$(wc -l <<<"$found") undefined symbols of $# objects: none sends an RPC, opens a file or asks a name service"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fails on an include that is not an allowed arrow (tests/layers.txt), on a third-party header outside
# the directory that may use it, on a header of ours
# that does not say where it runs, on SQL in C++, and on a source file without its license line.
set -euo pipefail
cd "${1:?usage: check_layers.sh SOURCE_ROOT}"

declare -A allowed
while IFS=: read -r directory uses; do
  [[ $directory == \#* || -z $directory ]] && continue
  allowed[$directory]=" $directory $uses "
done <tests/layers.txt

bad=0
complain() { printf '%s\n' "$*"; bad=1; }

while IFS=: read -r file line include; do
  from=${file%/*} to=${include#*\"} to=${to%\"*}  # no process per include: there are thousands
  [[ $to == */* ]] || continue # a generated header
  to=${to%/*}
  [[ -n ${allowed[$from]+x} ]] || { complain "$file: directory $from is not in tests/layers.txt"; continue; }
  [[ ${allowed[$from]} == *" $to "* ]] || complain "$file:$line: $from may not use $to"
done < <(grep -rnE '^#include "' predictor slurm-plugin sql tools replay trainer --include='*.h' --include='*.cpp' 2>/dev/null || true)

# <header pattern>  <where it may be included>
while read -r pattern where; do
  while IFS=: read -r file line _; do
    [[ $file =~ ^($where) ]] || complain "$file:$line: includes $pattern, which only $where may"
  done < <(grep -rnE "^#include <$pattern" predictor slurm-plugin sql tools replay trainer --include='*.h' --include='*.cpp' 2>/dev/null || true)
done <<'TABLE'
slurm/ slurm-plugin/
libpq sql/
boost/ tools/|replay/
mpi.h trainer/mpi_comm.cpp
hdf5 trainer/hdf5_column.h
oneapi/ predictor/model/network/dnnl_products.cpp
zlib predictor/history/
nlohmann/ tools/|replay/|sql/|slurm-plugin/(agent/memory_safety_file|agent/status_file|hold/hold_state)
TABLE

# What may run inside job_submit includes no system header but these: no file, no network, no name service.
declare -A in_job_submit
for header in algorithm array atomic bit cerrno charconv chrono cmath condition_variable csignal cstddef cstdint cstdlib \
  cstring exception fmt/format.h functional memory mutex optional pthread.h slurm/slurm.h slurm/slurm_errno.h \
  slurm/slurm_version.h span stdexcept string string_view strings.h thread tuple type_traits unordered_set utility vector; do
  in_job_submit[$header]=yes
done
while IFS=: read -r file line include; do
  header=${include#*<} header=${header%>*}
  [[ -n ${in_job_submit[$header]:-} ]] || complain "$file:$line: includes <$header>, which what runs inside job_submit may not"
done < <(grep -nE '^#include <' slurm-plugin/base/*.{h,cpp} slurm-plugin/slurm/*.{h,cpp} slurm-plugin/state/*.{h,cpp})
while IFS=: read -r file line include; do
  complain "$file:$line: reads or writes files, which what runs inside job_submit may not"
done < <(grep -nE '^#include "predictor/(base/(file|descriptor|sealed)|journal/journal_|profile/snapshot|model/(model|blend)_file)' \
  slurm-plugin/base/*.{h,cpp} slurm-plugin/slurm/*.{h,cpp} slurm-plugin/state/*.{h,cpp} || true)

# A statement is a file of sql/queries. Only what the protocol is made of stands in sql/pg.cpp (BEGIN, COMMIT, ROLLBACK, COPY).
statement='"(SELECT|INSERT|UPDATE|DELETE|WITH|VALUES|CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT|TRUNCATE|COPY|LOCK|SET|SHOW|DO) '
while IFS=: read -r file line _; do
  [[ $file == sql/pg.cpp ]] || complain "$file:$line: SQL in C++: it belongs into a file of sql/queries"
done < <(grep -rnE "$statement|(query|script|stream|run_answered)\\((fmt::format\\()?\"" predictor slurm-plugin sql tools replay trainer \
  --include='*.h' --include='*.cpp' 2>/dev/null || true)

while IFS= read -r header; do
  complain "$header: has no 'Runs in:' line"
done < <(grep -rLE '^// Runs in: ' predictor slurm-plugin sql tools replay trainer --include='*.h' 2>/dev/null || true)

while IFS= read -r file; do
  complain "$file: has no SPDX-License-Identifier line"
done < <(grep -rL 'SPDX-License-Identifier: GPL-2.0-or-later' predictor slurm-plugin sql tools replay trainer tests contrib \
  --include='*.h' --include='*.cpp' --include='*.py' --include='*.sh' --include='*.sql' --include='*.map' \
  --include='*.timer' --include='*.service' --include='*.in' --include=CMakeLists.txt --exclude-dir=migrations 2>/dev/null || true)

# What is marked offline must not be reachable from the plugins.
declare -A offline
while IFS= read -r header; do
  offline[$header]=yes
done < <(grep -rlE '^// Runs in: offline' predictor sql tools replay trainer --include='*.h' 2>/dev/null || true)
while IFS=: read -r file include; do
  header=${include#*\"} header=${header%\"*}
  [[ -z ${offline[$header]:-} ]] || complain "$header runs offline, but is included by: $file"
done < <(grep -rE '^#include "' slurm-plugin predictor/base predictor/profile predictor/baseline predictor/plan predictor/config predictor/journal 2>/dev/null || true)

[[ $bad == 0 ]] && echo "layers: every include is an allowed arrow"
exit $bad

#!/usr/bin/env bash
# Fails on an include that is not an allowed arrow (tests/layers.txt), on a third-party header outside
# the folder that may use it, and on a header of ours that does not say where it runs.
set -euo pipefail
cd "${1:?usage: check_layers.sh SOURCE_ROOT}"

declare -A allowed
while IFS=: read -r folder uses; do
  [[ $folder == \#* || -z $folder ]] && continue
  allowed[$folder]=" $folder $uses "
done <tests/layers.txt

bad=0
complain() { printf '%s\n' "$*"; bad=1; }

while IFS=: read -r file line include; do
  from=$(dirname "$file")
  to=$(dirname "$(sed -E 's/.*"(.*)".*/\1/' <<<"$include")")
  [[ $to == . ]] && continue # a generated header
  [[ -n ${allowed[$from]+x} ]] || { complain "$file: folder $from is not in tests/layers.txt"; continue; }
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
oneapi/ predictor/model/dnnl_products.cpp
zlib predictor/history/
nlohmann/ tools/|replay/|sql/|slurm-plugin/(status|hold_state)
TABLE

while IFS= read -r header; do
  grep -qE '^// Runs in: ' "$header" || complain "$header: has no 'Runs in:' line"
done < <(find predictor slurm-plugin sql tools replay trainer -name '*.h' 2>/dev/null)

# What is marked offline must not be reachable from the plugins.
while IFS= read -r header; do
  hits=$(grep -rlF "#include \"$header\"" slurm-plugin predictor/base predictor/profile predictor/baseline predictor/plan predictor/config predictor/journal 2>/dev/null || true)
  [[ -z $hits ]] || complain "$header runs offline, but is included by: $hits"
done < <(grep -rlE '^// Runs in: offline' predictor sql tools replay trainer --include='*.h' 2>/dev/null || true)

[[ $bad == 0 ]] && echo "layers: every include is an allowed arrow"
exit $bad

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Usage: check_exports.sh DIRECTORY SLURM_INCLUDE_DIR. Fails unless the built modules show Slurm exactly what they
# should, need only what slurmctld and the C++ library have, and name the Slurm version that they were built for.
set -euo pipefail
directory=${1:?directory with the modules} include=${2:?directory with slurm/slurm_version.h}

bad=0
complain() { printf '%s\n' "$*"; bad=1; }

exports() { nm -D --defined-only "$1" | awk '$2 != "A" {print $3}' | sed 's/@.*//' | sort | tr '\n' ' '; }
expect() { # FILE SYMBOL...
  local file=$1 want
  shift
  want=$(printf '%s\n' "$@" | sort | tr '\n' ' ')
  [[ -f $file ]] || { complain "$file is not there"; return; }
  [[ $(exports "$file") == "$want" ]] || complain "$file exports: $(exports "$file") expected: $want"
}

plugin="plugin_name plugin_type plugin_version init fini"
runtime="foreshape_start foreshape_stop foreshape_reconfigure foreshape_submit foreshape_modify foreshape_refuses"
# shellcheck disable=SC2086 # lists of words
{
  expect "$directory/job_submit_foreshape.so" $plugin job_submit job_modify
  expect "$directory/sched_foreshape.so" $plugin sched_p_reconfig
  expect "$directory/dropin/sched_backfill.so" $plugin sched_p_reconfig
  expect "$directory/libforeshape_runtime.so" $runtime
}

# Libraries that slurmctld has loaded anyway, or that every C++ program has.
system='^(libc|libm|libstdc\+\+|libgcc_s|ld-linux-x86-64|ld-linux-aarch64|libpthread|libdl)\.so'
for module in "$directory"/*.so "$directory"/dropin/*.so; do
  while read -r library; do
    [[ $library =~ $system ]] || complain "$module needs $library"
  done < <(readelf -d "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
  while read -r symbol; do
    case $symbol in
      *@*) ;; # versioned: from the C or C++ library
      slurm_delete_reservation) complain "$module deletes reservations: a refused delete ends backfill's cycle (Slurm up to 26.05.2)" ;;
      slurm_* | foreshape_*) ;;
      *) complain "$module needs the symbol $symbol" ;;
    esac
  done < <(nm -D --undefined-only "$module" | awk '$1 != "w" {print $NF}') # weak: may stay undefined
  readelf -d "$module" | grep -q NODELETE || complain "$module can be unloaded under its own threads"
  want='$ORIGIN'
  [[ $(readelf -d "$module" | sed -n 's/.*\(RUNPATH\|RPATH\).*\[\(.*\)\]/\2/p') =~ ^("$want")?$ ]] ||
    complain "$module: unexpected RUNPATH"
done

# plugin_version, four bytes, must be this Slurm's as built; what Slurm reads is another matter (running_slurm.h).
number=$(awk '$2 == "SLURM_VERSION_NUMBER" {print $3}' "$include/slurm/slurm_version.h")
for module in "$directory"/job_submit_foreshape.so "$directory"/sched_foreshape.so "$directory"/dropin/sched_backfill.so; do
  read -r address size < <(nm -D -S "$module" | awk '$4 == "plugin_version" {print "0x" $1, "0x" $2}')
  [[ $((size)) == 4 ]] || complain "$module: plugin_version has $((size)) bytes"
  value=$(objdump -s --start-address=$((address)) --stop-address=$((address + 4)) "$module" | awk '/^ [0-9a-f]+ /{print $2; exit}')
  value=$((0x${value:6:2}${value:4:2}${value:2:2}${value:0:2}))
  [[ $value == $((number)) ]] || complain "$module: plugin_version is $value, this Slurm's is $((number))"
done

[[ $bad == 0 ]] && echo "exports: the modules show Slurm its entry points and nothing else"
exit $bad

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fails where something reads bytes or words from outside and no fuzz target has its name in it, or a target is not built.
#   check_fuzzers.sh SOURCE_ROOT
set -euo pipefail
cd "${1:?usage: check_fuzzers.sh SOURCE_ROOT}"

headers() { find predictor replay slurm-plugin sql tools trainer -name '*.h' -print0; }
# By how they are called: parse_<what>(std::string_view ...), and <Class>::open(const std::string& path ...).
parsers=$(headers | xargs -0 grep -hoP '\bparse_\w+(?=\(std::string_view)' | sort -u)
openers=$(headers | xargs -0 grep -hoP 'static Result<\K\w+(?=> open\(const std::string& path)' | sort -u)
# And those of other names.
others='load_snapshot FrameScanner kind_of_job_file open_job_file read_conf_text declared_paths paths_in_script
  paths_in_comment unescaped memory_mark trial_mark minds_memory minds_limit says_off listed_names array_tasks gpu_count per_gpu cpu_count'
# Opened by open_job_file(): the first three. A dataset is read by HDF5, a kept library, and written by us alone.
excused=' TextFile TableFile JobTable DatasetReader '

bad=0
for reader in $parsers $openers $others; do
  [[ $excused == *" $reader "* ]] || grep -qw -- "$reader" tests/fuzz/*_fuzz.cpp || { echo "no fuzz target calls $reader"; bad=1; }
done
for target in tests/fuzz/*_fuzz.cpp; do
  name=$(basename "$target" .cpp)
  grep -q "^foreshape_fuzz($name " tests/fuzz/CMakeLists.txt || { echo "$target is not built"; bad=1; }
  if grep -q 'fuzz_seeds() { return {}; }' "$target" && [[ ! $(ls "tests/fuzz/seeds/$name" 2>/dev/null) ]]; then
    echo "$target has no seeds, neither of its own nor in tests/fuzz/seeds/$name"; bad=1
  fi
done
[[ $bad == 0 ]] && echo "fuzzers: each reader has one"
exit $bad

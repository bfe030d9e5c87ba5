#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fails where a directory with source files has no README.md, or one that does not name each of them (without its last
# suffix is enough), or one of more than 60 lines.
set -euo pipefail
cd "${1:?usage: check_readmes.sh SOURCE_ROOT}"

bad=0
complain() { printf '%s\n' "$*"; bad=1; }

roots=(predictor slurm-plugin replay trainer sql tools contrib tests/system tests/bench)
files=$({ git ls-files -- "${roots[@]}" 2>/dev/null || find "${roots[@]}" -type f; } | grep -E '\.(cpp|h|py|sql|fbs|sh)$')
while IFS= read -r directory; do
  readme=$directory/README.md
  [[ -e $readme ]] || { complain "$readme: is missing"; continue; }
  (($(wc -l <"$readme") <= 60)) || complain "$readme: has more than 60 lines"
  while IFS= read -r name; do
    grep -qwF -- "$name" "$readme" || complain "$readme: does not name $name"
  done < <(grep -E "^$directory/[^/]+$" <<<"$files" | sed -E 's|.*/||; s|\.[^.]*$||' | sort -u)
done < <(sed 's|/[^/]*$||' <<<"$files" | sort -u)

[[ $bad == 0 ]] && echo "readmes: each names every source file of its directory"
exit $bad

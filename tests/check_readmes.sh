#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fails where a directory with source files has no README.md, or one that does not name each of them (without its last
# suffix is enough), or one of more than 60 lines; and where docs/architecture.md names a test that is not there.
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

tests=$(grep -rhE '^ *(TEST|TEST_F|TEST_P)\(|^ *(class|def) ' tests --include='*.cpp' --include='*.py' |
  sed -E 's/^ *TEST(_F|_P)?\(([A-Za-z]+), *([A-Za-z]+)\).*/\2.\3\n\2.*/; s/^ *(class|def) ([A-Za-z_]+).*/\2/' | sort -u)
while IFS= read -r test; do
  grep -qxF -- "$test" <<<"$tests" || complain "docs/architecture.md: names the test $test, which is not there"
done < <(grep -oE '`([A-Z][A-Za-z]+\.([A-Z*][A-Za-z]*)|test_[a-z_]+|[A-Z][A-Za-z]+Test)`' docs/architecture.md | tr -d '`' | sort -u)

[[ $bad == 0 ]] && echo "readmes: each names every source file of its directory"
exit $bad

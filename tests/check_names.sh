#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fails where two headers define a type of one name: in a program that has both, each file's templates over it may run
# with the other one's layout, and no compiler or linker says a word.
#   check_names.sh SOURCE_ROOT
set -euo pipefail
cd "${1:?usage: check_names.sh SOURCE_ROOT}"

# At the beginning of a line: what stands in a namespace, and not in a class.
twice=$(find predictor replay slurm-plugin sql tools trainer -name '*.h' -print0 |
  xargs -0 grep -HoP '^(struct|class|enum class|union) \K\w+(?=[^;(]*\{)' | awk -F: '
    { files[$2] = files[$2] " " $1; ++times[$2] }
    END { for (name in times) if (times[name] > 1) print name " is a type in each of" files[name] }' | sort)
[[ $twice ]] && { echo "$twice"; exit 1; }
echo "names: each type's is its own"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fails where two headers define a type of one name: in a program that has both, each file's templates over it may run
# with the other one's layout, and no compiler or linker says a word. And where a type inside a class has the name of one
# outside: within that class the name means something else than everywhere else.
#   check_names.sh SOURCE_ROOT
set -euo pipefail
cd "${1:?usage: check_names.sh SOURCE_ROOT}"

# At the beginning of a line: what stands in a namespace; further in: what stands in a class.
twice=$(find predictor replay slurm-plugin sql tools trainer -name '*.h' -print0 |
  xargs -0 grep -HoP '^ *(struct|class|enum class|union) \w+(?=[^;(]*\{)' | awk -F: '
    { words = split($2, word, " "); name = word[words] }
    $2 ~ /^ / { inside[name] = inside[name] " " $1; next }
    { files[name] = files[name] " " $1; ++times[name] }
    END {
      for (name in times) if (times[name] > 1) print name " is a type in each of" files[name]
      for (name in times) if (name in inside) print name " is a type in" files[name] ", and inside one in" inside[name]
    }' | sort)
[[ $twice ]] && { echo "$twice"; exit 1; }
echo "names: each type's is its own"

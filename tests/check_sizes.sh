#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fails on a product file of 300 lines or more: it holds more than one noun. Migrations are never edited.
#   check_sizes.sh SOURCE_ROOT
set -euo pipefail
cd "${1:?usage: check_sizes.sh SOURCE_ROOT}"

most=299
large=$(find predictor replay slurm-plugin sql tools trainer -path sql/migrations -prune -o \
  \( -name '*.h' -o -name '*.cpp' -o -name '*.fbs' -o -name '*.sql' \) -print0 | sort -z | xargs -0 wc -l | awk -v most=$most '$2 != "total" && $1 > most { print $2 ": has " $1 " lines, more than " most ": split it by noun" }')
[[ $large ]] && { echo "$large"; exit 1; }
echo "sizes: no product file has more than $most lines"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Plants a violation of each rule in a copy of the tree: the checks of texts must fail on it.
#   check_checks.sh SOURCE_ROOT
set -euo pipefail
cd "${1:?usage: check_checks.sh SOURCE_ROOT}"
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
tar -c --exclude=./build --exclude=./.git . | tar -x -C "$copy"

bad=0
# refuses CHECK FILE LINE: the check passes without this line at the end of the file, and fails with it.
refuses() {
  local file=$copy/$2 before=
  [[ ! -e $file ]] || before=$(cat "$file"; echo .)
  printf '%s\n' "$3" >>"$file"
  if "tests/$1" "$copy" >/dev/null 2>&1; then echo "$1 accepts in $2: $3"; bad=1; fi
  if [[ $before ]]; then printf '%s' "${before%.}" >"$file"; else rm "$file"; fi
}
for check in check_layers.sh check_words.sh check_readmes.sh check_names.sh check_sizes.sh; do
  "tests/$check" "$copy" >/dev/null || { echo "$check fails on the tree as it is"; bad=1; }
done

refuses check_layers.sh slurm-plugin/state/submission.cpp '#include "slurm-plugin/slurm/rpc/slurm_query.h"'
refuses check_layers.sh slurm-plugin/slurm/job_request.cpp '#include "slurm-plugin/slurm/rpc/slurm_query.h"'
refuses check_layers.sh slurm-plugin/hold/hold_agent.cpp '#include "slurm-plugin/slurm/rpc/hold_slurm_control.h"'
refuses check_layers.sh slurm-plugin/base/token.cpp '#include "slurm-plugin/state/submission.h"'
refuses check_layers.sh slurm-plugin/state/submission.cpp '#include <fstream>'
refuses check_layers.sh slurm-plugin/slurm/site_facts.cpp '#include <pwd.h>'
refuses check_layers.sh slurm-plugin/base/token.cpp '#include <sys/socket.h>'
refuses check_layers.sh slurm-plugin/state/submission.cpp '#include "predictor/journal/journal_writer.h"'
refuses check_layers.sh slurm-plugin/hold/hold_agent.cpp '#include "sql/pg.h"'
refuses check_layers.sh predictor/model/features/features.cpp '#include "predictor/model/model.h"'
refuses check_layers.sh tools/cli/options.cpp '#include "tools/site/status_page.h"'
refuses check_layers.sh slurm-plugin/state/unlabelled.h '#pragma once'
refuses check_layers.sh replay/unlicensed.cpp '// planted'
refuses check_layers.sh sql/forget.cpp 'const auto rows = db.query("select 1");'
refuses check_layers.sh tools/setup/login.cpp 'constexpr const char* kWho = "SELECT current_user";'
refuses check_words.sh predictor/base/job.h '// what the asked_cpus are'
refuses check_words.sh slurm-plugin/state/submission.cpp 'constexpr int kMostJobs = 1;'
while IFS= read -r line; do
  refuses check_words.sh docs/order.md "$line"
done <<'OLD'
Its core_hours_asked.
The constant kFewestJobs.
The licence of a program.
The PoolUsher.
An AdviceRoom.
A JobBook.
The gate of a model.
The lanes of a sample.
A number that is none: a number that is none.
It is to be done.
An earlier run of the job.
Calls is_earlier_run here.
Users knock.
A HoldGuest.
The folder of a job.
Of all settings.judge the least.
The memory asked then.
    def test_1_it_works(self):
OLD
refuses check_readmes.sh replay/nobody_names_me.cpp '// planted'
refuses check_readmes.sh slurm-plugin/state/nobody_names_me.h '// Runs in: nowhere'
refuses check_names.sh tools/cli/options.h 'struct FreeNodes { int nodes; };'
refuses check_sizes.sh replay/large.cpp "$(printf '// planted\n%.0s' {1..300})"

[[ $bad == 0 ]] && echo "checks: each planted violation is refused"
exit $bad

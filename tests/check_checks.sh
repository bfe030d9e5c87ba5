#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Plants violations of each rule in a copy of the tree: the checks of texts must name each of them, and nothing without.
#   check_checks.sh SOURCE_ROOT
set -euo pipefail
cd "${1:?usage: check_checks.sh SOURCE_ROOT}"
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
tar -c --exclude=./build --exclude=./.git . | tar -x -C "$copy"

bad=0
checks=(layers words readmes names sizes fuzzers)
for check in "${checks[@]}"; do
  "tests/check_$check.sh" "$copy" >/dev/null || { echo "check_$check.sh fails on the tree as it is"; bad=1; }
done

# plant CHECK FILE LINE [COMPLAINT]: the line at the end of the file, and how the check's complaint of it begins
# (default: FILE and the line's number). All are there at once: a run of a check takes a second.
planted=()
plant() {
  printf '%s\n' "$3" >>"$copy/$2"
  planted+=("$1"$'\t'"${4:-$2:$(wc -l <"$copy/$2"):}"$'\t'"$3")
}

plant layers slurm-plugin/state/submission.cpp '#include "slurm-plugin/slurm/rpc/slurm_query.h"'
plant layers slurm-plugin/slurm/job_request.cpp '#include "slurm-plugin/slurm/rpc/slurm_query.h"'
plant layers slurm-plugin/hold/hold_agent.cpp '#include "slurm-plugin/slurm/rpc/hold_slurm_control.h"'
plant layers slurm-plugin/base/token.cpp '#include "slurm-plugin/state/submission.h"'
plant layers slurm-plugin/state/submission.cpp '#include <fstream>'
plant layers slurm-plugin/slurm/site_facts.cpp '#include <pwd.h>'
plant layers slurm-plugin/base/token.cpp '#include <sys/socket.h>'
plant layers slurm-plugin/state/submission.cpp '#include "predictor/journal/journal_writer.h"'
plant layers slurm-plugin/hold/hold_agent.cpp '#include "sql/pg.h"'
plant layers predictor/model/features/features.cpp '#include "predictor/model/model.h"'
plant layers tools/cli/options.cpp '#include "tools/site/status_page.h"'
plant layers slurm-plugin/state/unlabelled.h '#pragma once' "slurm-plugin/state/unlabelled.h: has no 'Runs in:'"
plant layers replay/unlicensed.cpp '// planted' 'replay/unlicensed.cpp: has no SPDX'
plant layers sql/forget.cpp 'const auto rows = db.query("select 1");'
plant layers tools/setup/login.cpp 'constexpr const char* kWho = "SELECT current_user";'
plant readmes docs/architecture.md 'As `HoldAgent.IsNoTestOfOurs` shows.' 'docs/architecture.md: names the test HoldAgent.IsNoTestOfOurs'
plant words predictor/base/job.h '// what the asked_cpus are' ./predictor/base/job.h:
plant words slurm-plugin/state/submission.cpp 'constexpr int kMostJobs = 1;' ./slurm-plugin/state/submission.cpp:
while IFS= read -r line; do
  plant words docs/order.md "$line" "./docs/order.md:$(($(wc -l <"$copy/docs/order.md") + 1)):"
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
A struct Said of forecasts.
    def test_1_it_works(self):
OLD
plant readmes replay/nobody_names_me.cpp '// planted' 'replay/README.md: does not name nobody_names_me'
plant readmes slurm-plugin/state/nobody_names_me.h '// planted' 'slurm-plugin/state/README.md: does not name nobody_names_me'
plant names tools/cli/options.h 'struct FreeNodes { int nodes; };' 'FreeNodes is a type in each of'
plant names tools/cli/options.h '  struct PoolNode { int nodes; };' 'PoolNode is a type in'
plant sizes replay/large.cpp "$(printf '// planted\n%.0s' {1..300})" 'replay/large.cpp: has 300 lines'
plant fuzzers tools/cli/options.h 'Result<int> parse_planted(std::string_view text);' 'no fuzz target calls parse_planted'
plant fuzzers predictor/history/swf.h 'static Result<Planted> open(const std::string& path);' 'no fuzz target calls Planted'
plant fuzzers tests/fuzz/planted_fuzz.cpp 'std::vector<std::string> fuzz_seeds() { return {}; }' 'tests/fuzz/planted_fuzz.cpp is not built'

for check in "${checks[@]}"; do
  complaints=$("tests/check_$check.sh" "$copy" 2>&1) && { echo "check_$check.sh passes with violations"; bad=1; }
  for one in "${planted[@]}"; do
    IFS=$'\t' read -r of complaint line <<<"$one"
    [[ $of == "$check" ]] || continue
    [[ $'\n'$complaints == *$'\n'"$complaint"* ]] || { echo "check_$check.sh accepts: $line"; bad=1; }
  done
done

[[ $bad == 0 ]] && echo "checks: each of ${#planted[@]} planted violations is named"
exit $bad

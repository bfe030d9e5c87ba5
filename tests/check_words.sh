#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Fails on a word that was replaced by the field's own (CONTRIBUTING.md, "Words"): one word for one idea.
# What was tried (docs/experiments) and applied migrations keep the words of their day.
#   check_words.sh SOURCE_ROOT
set -euo pipefail
cd "${1:?usage: check_words.sh SOURCE_ROOT}"

bad=0
# <extended regular expression>|<say instead>|<where it may stay, as an extended regular expression of paths>
while IFS=$'\t' read -r word instead where; do
  while IFS= read -r hit; do
    [[ -n $where && $hit =~ ^./($where): ]] && continue
    printf '%s: say %s\n' "$hit" "$instead"
    bad=1
  done < <(grep -rnEI "$word" . --exclude-dir={.git,build,experiments,migrations} --exclude=check_words.sh --exclude=check_checks.sh || true)
done <<'TABLE'
\basked_|\bcore_hours_asked|\(asked [0-9{]	requested	
\bk(Most|Least|Fewest)[A-Z_ ]	kMax or kMin	
[Ll]icence	license	predictor/model/features/feature_name_hash.h
\b[Uu]sher\b|PoolUsher|\bPoolDoor	assigner, admission	
ModelWord|TrainTalk|NodeWish|(class|struct) [A-Z][A-Za-z]*Room\b|struct Room\b|AdviceRoom|\brooms\b|struct Wish\b|using Wish\b	ModelOutcome, TrainProgress, NodeRequest, PlanWorkspace	
[a-z]Book\b|[a-z]_book\b	ledger or tracker	
\bgates?\b|\bGate[A-Z]|\bgate_	blend (of network and kernel) or promotion check	slurm-plugin/agent/model_watch.cpp|tools/setup/directory_names.cpp
\b(sample_|arrival_)?lanes\b|SampleLanes	shards	predictor/model/.*
struct Said\b|mean_said	the forecast, the answer	tests/.*
Fit::judge|(shards_?|settings|samples)\.judge\b	validate, validation	
\basked (then|now)|(used|asked) ?/ ?asked|than was asked\b	requested	
def test_[0-9]	test_ and what it proves; IN_ORDER where tests depend on each other	
a number that is none	not a finite number	
\b(is|are) to be\b	must be	
\bput back into the queue\b|\bearlier run\b|earlier_runs?|EarlierRun	requeued	
[Kk]nock|Hold(Door|Guest)|hold_(door|guest)|[Cc]ornered	ask_for_look, HoldAdmission, AdmittedJob, confined	
\b[Ff]olders?\b	directory; work_dir for a job's	CONTRIBUTING.md|predictor/model/features/feature_name_hash.h
TABLE
[[ $bad == 0 ]] && echo "words: none of the old ones"
exit $bad

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/slurm_checks.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "predictor/config/units.h"
#include "predictor/plan/names.h"
#include "tools/cli/lists.h"

namespace foreshape {
namespace {

constexpr const char* kGroup = "slurm";

void check_answer(const SlurmFacts& slurm, Findings& findings) {
  if (slurm.silence.empty()) return;
  const std::string log = slurm.value("SlurmctldLogFile");
  findings.push_back({kGroup, Severity::error, "slurmctld does not answer: " + slurm.silence,
                      "what follows is judged by slurm.conf as it is on disk",
                      "systemctl status slurmctld" + (log.empty() ? "" : "; tail " + log) +
                          "; where slurm.conf is another: SLURM_CONF=FILE foreshape doctor"});
}

/// Each once, we last: what JobSubmitPlugins should be.
std::string right_chain(const std::vector<std::string>& chain) {
  std::vector<std::string> right;
  for (const std::string& plugin : chain)
    if (plugin != "foreshape" && std::ranges::find(right, plugin) == right.end()) right.push_back(plugin);
  right.emplace_back("foreshape");
  return fmt::format("JobSubmitPlugins={} in slurm.conf, then scontrol reconfigure", fmt::join(right, ","));
}

Finding chain_finding(const std::vector<std::string>& chain) {
  const std::string now = fmt::format("JobSubmitPlugins={}", fmt::join(chain, ","));
  const auto ours = std::ranges::count(chain, "foreshape");
  if (ours == 0)
    return {kGroup, Severity::error, now + " does not name foreshape",
            "no submission is seen: nothing is predicted, advised or ordered", right_chain(chain)};
  if (ours > 1)
    return {kGroup, Severity::warning, now + " names foreshape more than once",
            "each submission is predicted and recorded again for each time", right_chain(chain)};
  if (chain.back() != "foreshape")
    return {kGroup, Severity::warning, now + ": foreshape is not last",
            "it predicts the job before " + chain.back() + " has changed it, which may also drop its token",
            right_chain(chain)};
  return fine(kGroup, now);
}

void check_accounting(const SlurmFacts& slurm, Findings& findings) {
  const std::string storage = slurm.value("AccountingStorageType");
  if (storage != "accounting_storage/slurmdbd")
    findings.push_back({kGroup, Severity::error, "AccountingStorageType=" + storage,
                        "sacct has no past jobs, and they are what is learned from",
                        "set up slurmdbd; AccountingStorageType=accounting_storage/slurmdbd in slurm.conf"});
  else
    findings.push_back(fine(kGroup, "AccountingStorageType=" + storage));
  const std::string gather = slurm.value("JobAcctGatherType");
  if (gather.empty() || gather == "jobacct_gather/none")
    findings.push_back(
        {kGroup, Severity::warning, "JobAcctGatherType=" + gather,
         "memory, CPU use and I/O are not measured, so they cannot be predicted",
         "JobAcctGatherType=jobacct_gather/cgroup (or /linux) in slurm.conf, restart slurmctld and slurmd"});
  else
    findings.push_back(fine(kGroup, "JobAcctGatherType=" + gather));
  const std::string tres = slurm.value("AccountingStorageTRES");
  if (slurm.value("GresTypes").find("gpu") != std::string::npos && tres.find("gres/gpu") == std::string::npos)
    findings.push_back({kGroup, Severity::warning, "AccountingStorageTRES=" + tres + " has no gres/gpu",
                        "accounting does not record GPUs: jobs with and without them look alike",
                        "add gres/gpu to AccountingStorageTRES in slurm.conf, restart slurmctld"});
}

/// The agent sees how a job ended while slurmctld still has it.
void check_memory_of_jobs(const SlurmFacts& slurm, const Settings& settings, Findings& findings) {
  const std::string text = slurm.value("MinJobAge");
  const auto age = parse_duration(text.substr(0, text.find(' ')), PlainNumber::seconds);
  if (!age || *age >= 2 * settings.agent_interval_s) return;
  findings.push_back(
      {kGroup, Severity::warning,
       fmt::format("MinJobAge={} with AgentInterval={}", format_duration(*age),
                   format_duration(settings.agent_interval_s)),
       "slurmctld forgets ended jobs before the agent has seen them: profiles wait for the next snapshot",
       fmt::format("MinJobAge={} in slurm.conf, or a smaller AgentInterval in foreshape.conf",
                   2 * settings.agent_interval_s)});
}

/// The share of fair-share never falls again where usage neither decays nor is reset.
void check_decay(const SlurmFacts& slurm, Findings& findings) {
  const std::string half_life = slurm.value("PriorityDecayHalfLife"),
                    reset = slurm.value("PriorityUsageResetPeriod"),
                    weight = slurm.value("PriorityWeightFairShare");
  const bool shares = !weight.empty() && weight != "0";
  const bool never = parse_duration(half_life, PlainNumber::minutes).value_or(1) == 0 &&
                     (reset.empty() || equal_ignoring_case(reset, "none"));
  if (!shares || !never) return;
  findings.push_back(
      {kGroup, Severity::note,
       "PriorityDecayHalfLife=0 and no PriorityUsageResetPeriod, with PriorityWeightFairShare=" + weight,
       "past usage counts for ever: fair-share moves a job by the same number of hours for good",
       "PriorityDecayHalfLife=7-0 in slurm.conf"});
}

}  // namespace

Findings findings_of(const char* group, const std::vector<Check>& checks, Severity wrong,
                     const std::string& why) {
  Findings findings;
  for (const Check& check : checks) {
    if (check.state == Check::State::fine) {
      findings.push_back(fine(group, check.found));
      continue;
    }
    const Severity severity = check.state == Check::State::note ? Severity::note
                              : check.is_grave                  ? Severity::error
                                                                : wrong;
    findings.push_back({group, severity, check.found, check.why.empty() ? why : check.why, check.cure});
  }
  return findings;
}

Findings slurm_findings(const SlurmFacts& slurm, const Settings& settings) {
  Findings findings;
  check_answer(slurm, findings);
  findings.push_back(chain_finding(slurm.submit_plugins));
  check_accounting(slurm, findings);
  check_memory_of_jobs(slurm, settings, findings);
  check_decay(slurm, findings);
  const OrderPolicy& order = settings.policy.order;
  std::vector<Check> checks = order_checks(slurm.site, order);
  // The chain is said above, and better.
  std::erase_if(checks, [](const Check& c) { return c.found.starts_with("JobSubmitPlugins="); });
  if (order.mode == OrderMode::on)
    append(findings, findings_of(kGroup, checks, Severity::error, "Order=on rests on it"));
  else if (!all_fine(checks))
    findings.push_back({kGroup, Severity::note,
                        fmt::format("Order is {}, and Slurm's settings are not ready for it",
                                    kOrderModeNames.of(order.mode)),
                        "nothing, until Order=on", "foreshape status lists what to change"});
  return findings;
}

}  // namespace foreshape

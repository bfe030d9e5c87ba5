// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_replay.h"

#include <fmt/format.h>

#include "tools/replay/replay_results.h"
#include "tools/replay/site_front.h"
#include "tools/replay/site_history.h"
#include "tools/replay/site_holds.h"
#include "tools/replay/site_json.h"
#include "tools/replay/site_machine.h"
#include "tools/replay/site_omissions.h"
#include "tools/replay/site_policies.h"
#include "tools/replay/site_sentences.h"
#include "tools/site/site_settings.h"
#include "tools/store/ingest.h"

namespace foreshape {
namespace {

/// What Slurm says of itself.
struct Site {
  std::string cluster;
  SiteSettings settings;
  SiteMachine machine;
  LoadOptions load;  ///< how jobs meet the machine
  SiteHolds holds;
  SitePolicies policies;
};

Result<Site> ask_site(const SiteRequest& request) {
  Site site;
  IngestOptions whose;
  whose.cluster = request.cluster;
  auto cluster = cluster_name(whose);
  if (!cluster) return tl::make_unexpected(cluster.error());
  auto settings = ask_slurm();
  if (!settings) return tl::make_unexpected(settings.error());
  auto machine = ask_site_machine(request.partition);
  if (!machine) return tl::make_unexpected(machine.error());
  const LoadOptions load = site_load_options(*machine, *settings);
  SiteHolds holds = site_holds(*machine, load.sharing, request.hold);
  auto policies = site_policies(*settings, request.order, holds.policy);
  if (!policies) return tl::make_unexpected(policies.error());
  return Site{std::move(*cluster), std::move(*settings), std::move(*machine), load,
              std::move(holds),    std::move(*policies)};
}

SiteReport report_of(const Site& site, const SiteRequest& request, const SiteWorkload& workload) {
  SiteReport report;
  report.cluster = site.cluster;
  report.partition = request.partition;
  report.machine = site.machine;
  report.actual = workload.actual;
  report.measured_jobs = workload.measured_jobs;
  report.learned_jobs = workload.learned_jobs;
  report.measured_users = workload.measured_users;
  report.left_out = left_out_jobs(workload.loaded.report);
  return report;
}

}  // namespace

Result<void> replay_site(const ReplayOptions& options) {
  const SiteRequest& request = *options.site;
  const auto site = ask_site(request);
  if (!site) return tl::make_unexpected(site.error());
  const UnixSeconds to_s = options.load.to_s != 0 ? options.load.to_s : SystemClock{}.now_s();
  const SiteWindow window = site_window(to_s, request.weeks, request.warm_up_weeks);
  SiteJobs jobs{site->load, window, request.partition};
  std::string source;
  if (auto read = read_site_history(request, site->cluster, window, jobs, source); !read) return read;
  const auto workload = std::move(jobs).workload(site->cluster);
  if (!workload) return tl::make_unexpected(workload.error());

  SiteReport report = report_of(*site, request, *workload);
  report.window = window;
  report.not_modelled =
      site_omissions(site->settings, site->machine, site->load.sharing, site->policies.ignored_options);
  report.not_modelled.push_back(site->holds.omission);
  report.source = source;
  report.jitter_s = options.experiment.jitter_s;
  ReplayResults all;
  report.outcome = site_outcome(replay_workload(workload->loaded.workload, site->policies.all, options, all));
  if (!options.is_quiet()) fmt::print("{}", site_text(site_sentences(report)));
  return write_results(
      options, all, [&] { return site_json_text(report, all.runs, all.comparisons); },
      [&] { return site_front(report); });
}

}  // namespace foreshape

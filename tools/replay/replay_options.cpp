// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/replay_options.h"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>
#include <thread>
#include <utility>

#include "predictor/config/settings.h"
#include "predictor/config/units.h"
#include "predictor/model/model_file.h"
#include "replay/slurm_parameters.h"
#include "tools/cli/lists.h"
#include "tools/cli/options.h"
#include "tools/cli/time_words.h"

namespace foreshape {
namespace {

constexpr const char* kPredictors = "requested, last2, similar, kernel, model, clairvoyant";

/// What is compared, and by what it predicts and schedules.
void add_policy_options(po::options_description& options) {
  std::string policies;
  for (const std::string_view name : policy_names())
    policies += (policies.empty() ? "" : ", ") + std::string(name);
  const OptionRow rows[] = {
      {"policy,p", text_value("arg", "easy,easy-sjbf:last2"),
       "policies to compare, the first is the yardstick: " + policies},
      {"predictor", text_value(), std::string("predictor for policies that name none: ") + kPredictors},
      {"model", text_value("FILE"),
       "a trained model, for the predictor of that name; make it of jobs before --from"},
      {"correction", text_value(),
       "what is planned for a job that outran its prediction: requested, incremental, next-quantile"},
      {"kill-on-prediction", flag(), "cut every job at its prediction, to show what that would do"},
      {"scheduler-parameters", text_value("LIST"),
       "Slurm's SchedulerParameters, for the policies that imitate Slurm's scheduler"},
      {"priority-weight-age", number_value<std::uint32_t>("POINTS"),
       "PriorityWeightAge: what bf_min_prio_reserve is measured by (default: a point a minute)"},
      {"priority-max-age", text_value("TIME"),
       "PriorityMaxAge, as in 7-0 (default: 7-0 with --priority-weight-age, else waiting counts without "
       "end)"},
      {"priority-weight-fairshare", number_value<std::uint32_t>("POINTS"),
       "PriorityWeightFairshare: give the policies that imitate Slurm's scheduler fair-share between the "
       "trace's users (default: none)"},
      {"priority-decay-half-life", text_value("TIME", "7-0"), "PriorityDecayHalfLife, with fair-share"},
      {"no-fair-tree", flag(), "fair-share is not by rank (PriorityFlags=NO_FAIR_TREE)"},
      {"fairshare-accounts", flag(),
       "fair-share is between the trace's accounts (its groups), then between their users"},
      {"conf", text_value("FILE"),
       "take the Order settings of this foreshape.conf, for the policies with a static key"},
  };
  add_options(options, rows);
}

void add_machine_options(po::options_description& options) {
  const OptionRow rows[] = {
      {"procs", number_value<std::int32_t>(),
       "processors of the machine as one pool (default: the trace's header)"},
      {"default-limit", text_value("TIME"),
       "requested time of jobs that requested none (default: they are left out)"},
      {"nodes,N", number_value<std::int32_t>(),
       "simulate nodes and where jobs are placed on them (default: one pool of the processors that the "
       "trace's header says)"},
      {"cores-per-node", number_value<std::int32_t>("arg", 1), "with --nodes"},
      {"memory-per-node", text_value("SIZE"),
       "with --nodes: jobs also need the memory that they requested, as in 64G"},
      {"shared", flag(), "with --nodes: jobs share nodes (default)"},
      {"whole-node", flag(), "with --nodes: a node belongs to one job"},
  };
  add_options(options, rows);
}

/// The site itself instead of a trace.
void add_site_options(po::options_description& options) {
  const OptionRow rows[] = {
      {"site", flag(),
       "replay this site's own jobs on its own machine: today's settings against those of Foreshape"},
      {"weeks", number_value<std::uint32_t>("N", 4),
       "with --site: how many weeks before --to (default: now)"},
      {"warm-up", number_value<std::uint32_t>("WEEKS", 4),
       "with --site: weeks before these, to learn from; nothing is learned from what is still to come"},
      {"source", text_value("arg"),
       "with --site: where jobs are read, store or sacct (default: the store; sacct if that has none)"},
      {"cluster,M", text_value("NAME"), "with --site: whose jobs (default: scontrol's ClusterName)"},
      {"partition", text_value("NAME"), "with --site: only this partition's jobs, on its nodes"},
  };
  add_options(options, rows);
  add_database_option(options);
}

/// Which jobs, how often, and where the results go.
void add_run_options(po::options_description& options) {
  const OptionRow rows[] = {
      {"from", text_value(), "leave out submissions before this time (as sacct -S)"},
      {"to", text_value(), "leave out submissions at or after this time"},
      {"jitter", number_value<std::int64_t>("arg"),
       "put submissions off by 0 to this many seconds (default 0; with --site 59)"},
      {"runs", number_value<std::uint32_t>("arg", 5), "runs with jitter, with seeds that follow one another"},
      {"seed", number_value<std::uint64_t>("arg", 1), "first seed of the jitter"},
      {"threads", number_value<unsigned>("arg", 0), "runs at a time (0 = all cores)"},
      {"strict", flag(), "stop at the first bad line or field of a trace"},
      {"json", text_value("FILE"), "write the results as JSON (- = stdout, no table)"},
      {"csv", text_value("FILE"), "write the results as CSV (- = stdout, no table)"},
      {"html", text_value("FILE"), "write tables and plots as a page that opens offline"},
      {"schedule", text_value("FILE"),
       "write every job's submission, start and end under every policy as CSV"},
  };
  add_options(options, rows);
}

CommandLine command_line() {
  CommandLine line{
      kReplayProgram, "[OPTIONS] TRACE...|--site",
      "Runs the jobs of traces (Standard Workload Format, sacct, Torque and Nextflow tables, plain or gzip) "
      "again under scheduling\n"
      "policies and shows what each is worth. A policy may name its predictor: easy-sjbf:last2.\n"
      "With --site: what would this site gain from Foreshape, and who would pay?"};
  line.operands_max = 1000;
  add_policy_options(line.options);
  add_machine_options(line.options);
  add_run_options(line.options);
  add_site_options(line.options);
  return line;
}

/// "no policy 'esy'; did you mean 'easy'?", or all there are.
std::string no_such_word(const char* what, const std::string& word, std::span<const std::string_view> known) {
  const std::string begin = fmt::format("no {} '{}'; ", what, word.substr(0, 64));
  const std::string_view meant = nearest_name(word, known);
  if (!meant.empty()) return begin + fmt::format("did you mean '{}'?", meant);
  return begin + fmt::format("there are {}", fmt::join(known, ", "));
}

Result<SchedulingPolicy> policy_of(const std::string& word, const ParsedOptions& parsed) {
  const std::size_t colon = word.find(':');
  const std::string name = word.substr(0, colon);
  auto policy = find_policy(name);
  if (!policy) {
    const auto known = policy_names();
    return failure(ErrorCode::invalid_input, no_such_word("policy", name, known));
  }
  const std::string predictor =
      colon == std::string::npos ? parsed.text("predictor") : word.substr(colon + 1);
  if (!predictor.empty()) {
    const auto source = find_source(predictor);
    if (!source)
      return failure(ErrorCode::invalid_input,
                     fmt::format("no predictor '{}'; there are {}", predictor.substr(0, 64), kPredictors));
    policy->source = *source;
  }
  if (parsed.has("correction")) {
    const auto correction = find_correction(parsed.text("correction"));
    if (!correction)
      return failure(ErrorCode::invalid_input,
                     fmt::format("no correction '{}'; there are requested, incremental, next-quantile",
                                 parsed.text("correction").substr(0, 64)));
    policy->correction = *correction;
  }
  policy->kill_on_prediction = parsed.has("kill-on-prediction");
  return *policy;
}

Result<AgeFactor> age_factor_of(const ParsedOptions& parsed) {
  AgeFactor age;
  const bool weighted = parsed.has("priority-weight-age");
  if (weighted) age.max_age_s = std::int64_t{7} * 86'400;  // Slurm's default
  if (parsed.has("priority-max-age")) {
    const auto max_age = parse_duration(parsed.text("priority-max-age"), PlainNumber::minutes);
    if (!max_age || *max_age < 1)
      return failure(ErrorCode::invalid_input, "--priority-max-age: a time as Slurm takes it, as in 7-0");
    age.max_age_s = *max_age;
  }
  if (!weighted) return age;
  const auto weight = parsed.values["priority-weight-age"].as<std::uint32_t>();
  if (weight < 1) return failure(ErrorCode::invalid_input, "--priority-weight-age is below 1");
  age.points_per_minute = weight * 60.0 / static_cast<double>(age.max_age_s);
  return age;
}

/// nullopt without a weight: fair-share has no part then.
Result<std::optional<FairSharePolicy>> fair_share_of(const ParsedOptions& parsed, const AgeFactor& age) {
  if (!parsed.has("priority-weight-fairshare")) return std::nullopt;
  FairSharePolicy policy;
  policy.weight_s =
      parsed.values["priority-weight-fairshare"].as<std::uint32_t>() * 60 / age.points_per_minute;
  const auto half_life = parse_duration(parsed.text("priority-decay-half-life"), PlainNumber::minutes);
  if (!half_life || *half_life < 1)
    return failure(ErrorCode::invalid_input,
                   "--priority-decay-half-life: a time as Slurm takes it, above 0, as in 7-0");
  policy.half_life_s = *half_life;
  policy.fair_tree = !parsed.has("no-fair-tree");
  policy.by_account = parsed.has("fairshare-accounts");
  return policy;
}

std::optional<std::int64_t> renewal_of(const OrderPolicy& order) {
  return order.renew_s > 0 ? std::optional{order.renew_s} : std::nullopt;
}

/// What the site's own files say about the policies that imitate it.
Result<void> apply_site(const ParsedOptions& parsed, std::vector<SchedulingPolicy>& policies) {
  const auto age = age_factor_of(parsed);
  if (!age) return tl::make_unexpected(age.error());
  const auto fair_share = fair_share_of(parsed, *age);
  if (!fair_share) return tl::make_unexpected(fair_share.error());
  for (SchedulingPolicy& policy : policies) {
    if (parsed.has("conf") && policy.order == Order::static_key) {
      const auto settings = load_settings(parsed.text("conf"));
      if (!settings) return tl::make_unexpected(settings.error());
      policy.static_key = settings->policy.order;
      if (policy.renew_s) policy.renew_s = renewal_of(settings->policy.order);
    }
    if (policy.backfill != Backfill::slurm) continue;
    const auto read = parse_scheduler_parameters(parsed.text("scheduler-parameters"), policy.slurm);
    if (!read) return tl::make_unexpected(about("--scheduler-parameters", read.error()));
    policy.slurm = read->loop;
    follow_priorities(policy, read->min_prio_reserve, *age);
    policy.fair_share = *fair_share;
  }
  return {};
}

Result<std::shared_ptr<const Model>> model_of(const ParsedOptions& parsed) {
  if (!parsed.has("model"))
    return failure(ErrorCode::invalid_input, "the predictor 'model' needs --model FILE");
  auto model = read_verified_model(parsed.text("model"));
  if (!model) return tl::make_unexpected(model.error());
  return std::make_shared<const Model>(std::move(*model));
}

Result<std::vector<SchedulingPolicy>> policies_of(const ParsedOptions& parsed) {
  std::vector<SchedulingPolicy> policies;
  for (const std::string& word : split_list(parsed.text("policy"))) {
    auto policy = policy_of(word, parsed);
    if (!policy) return tl::make_unexpected(policy.error());
    policies.push_back(std::move(*policy));
  }
  const auto needs_model = [](const SchedulingPolicy& p) { return p.source == Source::model; };
  if (std::any_of(policies.begin(), policies.end(), needs_model)) {
    const auto model = model_of(parsed);
    if (!model) return tl::make_unexpected(model.error());
    for (SchedulingPolicy& policy : policies) policy.model = *model;
  }
  if (policies.empty()) return failure(ErrorCode::invalid_input, "--policy names none");
  if (const auto applied = apply_site(parsed, policies); !applied)
    return tl::make_unexpected(applied.error());
  return policies;
}

/// --nodes and what belongs to it.
Result<void> set_machine(const ParsedOptions& parsed, LoadOptions& options) {
  const bool whole = parsed.has("whole-node");
  if (!parsed.has("nodes")) {
    if (whole || parsed.has("shared") || parsed.has("memory-per-node"))
      return failure(ErrorCode::invalid_input, "--whole-node, --shared and --memory-per-node need --nodes");
    if (!parsed.has("procs")) return {};
    options.procs = parsed.values["procs"].as<std::int32_t>();
    if (options.procs < 1) return failure(ErrorCode::invalid_input, "--procs is below 1");
    return {};
  }
  if (parsed.has("procs")) return failure(ErrorCode::invalid_input, "--procs and --nodes exclude each other");
  if (whole && parsed.has("shared"))
    return failure(ErrorCode::invalid_input, "--whole-node and --shared exclude each other");
  Cluster& cluster = options.cluster;
  cluster.nodes = parsed.values["nodes"].as<std::int32_t>();
  cluster.cores_per_node = parsed.values["cores-per-node"].as<std::int32_t>();
  const std::int64_t cores = std::int64_t{cluster.nodes} * cluster.cores_per_node;
  if (cluster.nodes < 1 || cluster.cores_per_node < 1 || cores > INT32_MAX)
    return failure(ErrorCode::invalid_input, "--nodes x --cores-per-node: not a machine");
  if (parsed.has("memory-per-node")) {
    const auto memory = parse_size(parsed.text("memory-per-node"));
    if (!memory || *memory < 1)
      return failure(ErrorCode::invalid_input, "--memory-per-node: a size with a unit, as in 64G");
    cluster.memory_per_node = *memory;
  }
  options.sharing = whole ? Sharing::whole_nodes : Sharing::shared;
  return {};
}

Result<LoadOptions> load_options_of(const ParsedOptions& parsed) {
  LoadOptions options;
  options.strict = parsed.has("strict");
  if (parsed.has("default-limit")) {
    const auto limit = parse_duration(parsed.text("default-limit"), PlainNumber::minutes);
    if (!limit || *limit < 1)
      return failure(ErrorCode::invalid_input,
                     "--default-limit: a time as Slurm takes it, as in 60 or 1-00:00:00");
    options.default_limit_s = *limit;
  }
  if (const auto machine = set_machine(parsed, options); !machine)
    return tl::make_unexpected(machine.error());
  const auto now = static_cast<UnixSeconds>(std::time(nullptr));
  for (const auto& [name, into] : {std::pair{"from", &options.from_s}, std::pair{"to", &options.to_s}}) {
    if (!parsed.has(name)) continue;
    const auto time = parse_time_words(parsed.text(name), now);
    if (!time) return tl::make_unexpected(about(std::string("--") + name, time.error()));
    *into = *time;
  }
  return options;
}

/// Each run has a schedule of its own, each thread a stack: both end where no machine goes on.
constexpr std::uint32_t kMaxRuns = 10'000, kMaxThreads = 4096;
constexpr std::int64_t kMaxJitter_s = 365 * std::int64_t{86'400};
/// As in docs/benchmarks: enough for another schedule, too little for another load.
constexpr std::int64_t kSiteJitter_s = 59;
constexpr std::uint32_t kMaxWeeks = 520;

Result<ExperimentOptions> experiment_of(const ParsedOptions& parsed) {
  ExperimentOptions options;
  options.jitter_s = parsed.has("site") ? kSiteJitter_s : 0;
  if (parsed.has("jitter")) options.jitter_s = parsed.values["jitter"].as<std::int64_t>();
  options.runs = parsed.values["runs"].as<std::uint32_t>();
  options.seed = parsed.values["seed"].as<std::uint64_t>();
  options.threads = parsed.values["threads"].as<unsigned>();
  const auto within = [](const char* name, std::int64_t n, std::int64_t least, std::int64_t most) {
    return n >= least && n <= most ? std::string{}
                                   : fmt::format("--{}: {} is not from {} to {}", name, n, least, most);
  };
  for (const std::string& wrong :
       {within("jitter", options.jitter_s, 0, kMaxJitter_s), within("runs", options.runs, 1, kMaxRuns),
        within("threads", options.threads, 0, kMaxThreads)})
    if (!wrong.empty()) return failure(ErrorCode::invalid_input, wrong);
  if (options.threads == 0) options.threads = std::max(1U, std::thread::hardware_concurrency());
  return options;
}

bool is_given(const ParsedOptions& parsed, const char* option) {
  return parsed.has(option) && !parsed.values[option].defaulted();
}

/// "" if the options go together: with --site the site says what the policies and the machine are.
std::string wrong_with_site(const ParsedOptions& parsed) {
  static constexpr const char* kOfTraces[] = {"policy",
                                              "predictor",
                                              "model",
                                              "correction",
                                              "kill-on-prediction",
                                              "scheduler-parameters",
                                              "priority-weight-age",
                                              "priority-max-age",
                                              "priority-weight-fairshare",
                                              "priority-decay-half-life",
                                              "no-fair-tree",
                                              "fairshare-accounts",
                                              "procs",
                                              "default-limit",
                                              "nodes",
                                              "cores-per-node",
                                              "memory-per-node",
                                              "shared",
                                              "whole-node",
                                              "from",
                                              "strict"};
  static constexpr const char* kOfSite[] = {"weeks", "warm-up", "source", "cluster", "partition", "db"};
  if (!parsed.has("site")) {
    for (const char* option : kOfSite)
      if (is_given(parsed, option)) return fmt::format("--{} needs --site", option);
    return "";
  }
  if (!parsed.operands.empty()) return "--site replays this site's own jobs: no trace";
  for (const char* option : kOfTraces)
    if (is_given(parsed, option))
      return fmt::format("--{} has no meaning with --site, which takes everything from the site{}", option,
                         std::string_view{option} == "from" ? "; --weeks says how far back" : "");
  return "";
}

Result<SiteRequest> site_request_of(const ParsedOptions& parsed) {
  SiteRequest site;
  site.weeks = parsed.values["weeks"].as<std::uint32_t>();
  site.warm_up_weeks = parsed.values["warm-up"].as<std::uint32_t>();
  if (site.weeks < 1 || site.weeks > kMaxWeeks || site.warm_up_weeks > kMaxWeeks)
    return failure(ErrorCode::invalid_input,
                   fmt::format("--weeks: 1 to {}, --warm-up: 0 to {}", kMaxWeeks, kMaxWeeks));
  const std::string source = parsed.text("source");
  if (!source.empty() && source != "store" && source != "sacct")
    return failure(ErrorCode::invalid_input,
                   fmt::format("--source: '{}' is neither store nor sacct", source.substr(0, 64)));
  if (source == "store") site.source = HistorySource::store;
  if (source == "sacct") site.source = HistorySource::sacct;
  site.cluster = parsed.text("cluster");
  site.partition = parsed.text("partition");
  site.database = database(parsed);
  if (!parsed.has("conf")) return site;
  const auto settings = load_settings(parsed.text("conf"));
  if (!settings) return tl::make_unexpected(settings.error());
  site.order = settings->policy.order;
  return site;
}

OutputFile file_of(const ParsedOptions& parsed, const char* option) {
  return parsed.has(option) ? OutputFile{parsed.text(option)} : std::nullopt;
}

}  // namespace

bool ReplayOptions::is_quiet() const { return json == "-" || csv == "-" || html == "-" || schedule == "-"; }

tl::expected<ReplayOptions, ExitCode> parse_replay_options(const Args& args) {
  const ParsedOptions parsed = parse_options(command_line(), args);
  if (parsed.finished) return tl::make_unexpected(*parsed.finished);
  const auto misused = [](const std::string& why) -> tl::expected<ReplayOptions, ExitCode> {
    return tl::make_unexpected(ExitCode{report_usage(kReplayProgram, why)});
  };
  if (const std::string wrong = wrong_with_site(parsed); !wrong.empty()) return misused(wrong);
  ReplayOptions options;
  options.traces = parsed.operands;
  if (parsed.has("site")) {
    auto site = site_request_of(parsed);
    if (!site) return misused(site.error().message);
    options.site = std::move(*site);
  } else {
    if (parsed.operands.empty()) return misused("name a trace, or --site");
    auto policies = policies_of(parsed);
    if (!policies) return misused(policies.error().message);
    options.policies = std::move(*policies);
  }
  const auto load = load_options_of(parsed);
  if (!load) return misused(load.error().message);
  options.load = *load;
  const auto experiment = experiment_of(parsed);
  if (!experiment) return misused(experiment.error().message);
  options.experiment = *experiment;
  options.json = file_of(parsed, "json");
  options.csv = file_of(parsed, "csv");
  options.html = file_of(parsed, "html");
  options.schedule = file_of(parsed, "schedule");
  return options;
}

}  // namespace foreshape

#include "tools/replay_options.h"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <thread>
#include <utility>

#include "predictor/config/settings.h"
#include "predictor/config/units.h"
#include "predictor/model/model_file.h"
#include "replay/slurm_parameters.h"
#include "tools/lists.h"
#include "tools/options.h"
#include "tools/time_words.h"

namespace foreshape {
namespace {

CommandLine command_line() {
  CommandLine line{
      kReplayProgram, "[OPTIONS] TRACE...",
      "Runs the jobs of traces (Standard Workload Format, sacct, Torque and Nextflow tables, plain or gzip) "
      "again under scheduling\n"
      "policies and shows what each is worth. A policy may name its predictor: easy-sjbf:last2."};
  std::string policies, predictors = "requested, last2, similar, kernel, model, clairvoyant";
  for (const std::string_view name : policy_names())
    policies += (policies.empty() ? "" : ", ") + std::string(name);
  line.operands_max = 1000;
  line.options.add_options()("policy,p", po::value<std::string>()->default_value("easy,easy-sjbf:last2"),
                             ("policies to compare, the first is the yardstick: " + policies).c_str())(
      "predictor", po::value<std::string>(),
      ("predictor for policies that name none: " + predictors).c_str())(
      "model", po::value<std::string>()->value_name("FILE"),
      "a trained model, for the predictor of that name; make it of jobs before --from")(
      "correction", po::value<std::string>(),
      "what is planned for a job that outran its prediction: requested, incremental, next-quantile")(
      "kill-on-prediction", "cut every job at its prediction, to show what that would do")(
      "scheduler-parameters", po::value<std::string>()->value_name("LIST"),
      "Slurm's SchedulerParameters, for the policies that imitate Slurm's scheduler")(
      "priority-weight-age", po::value<std::uint32_t>()->value_name("POINTS"),
      "PriorityWeightAge: what bf_min_prio_reserve is measured by (default: a point a minute)")(
      "priority-max-age", po::value<std::string>()->value_name("TIME"),
      "PriorityMaxAge, as in 7-0 (default: 7-0 with --priority-weight-age, else waiting counts without end)")(
      "conf", po::value<std::string>()->value_name("FILE"),
      "take the Order settings of this foreshape.conf, for the policies with a static key")(
      "procs", po::value<std::int32_t>(),
      "processors of the machine as one pool (default: the trace's header)")(
      "default-limit", po::value<std::string>()->value_name("TIME"),
      "requested time of jobs that asked for none (default: they are left out)")(
      "nodes,N", po::value<std::int32_t>(),
      "simulate nodes and where jobs are placed on them (default: one pool of the processors that the "
      "trace's header says)")("cores-per-node", po::value<std::int32_t>()->default_value(1), "with --nodes")(
      "memory-per-node", po::value<std::string>()->value_name("SIZE"),
      "with --nodes: jobs also need the memory that they asked for, as in 64G")(
      "shared", "with --nodes: jobs share nodes (default)")("whole-node",
                                                            "with --nodes: a node belongs to one job")(
      "from", po::value<std::string>(), "leave out submissions before this time (as sacct -S)")(
      "to", po::value<std::string>(), "leave out submissions at or after this time")(
      "jitter", po::value<std::int64_t>()->default_value(0), "put submissions off by 0 to this many seconds")(
      "runs", po::value<std::uint32_t>()->default_value(5),
      "runs with jitter, with seeds that follow one another")(
      "seed", po::value<std::uint64_t>()->default_value(1), "first seed of the jitter")(
      "threads", po::value<unsigned>()->default_value(0), "runs at a time (0 = all cores)")(
      "strict", "stop at the first bad line of a trace")("json", po::value<std::string>()->value_name("FILE"),
                                                         "write the results as JSON (- = stdout, no table)")(
      "csv", po::value<std::string>()->value_name("FILE"), "write the results as CSV (- = stdout, no table)")(
      "html", po::value<std::string>()->value_name("FILE"),
      "write tables and plots as a page that opens offline")(
      "schedule", po::value<std::string>()->value_name("FILE"),
      "write every job's submission, start and end under every policy as CSV");
  return line;
}

Result<SchedulingPolicy> policy_of(const std::string& word, const ParsedOptions& parsed) {
  const std::size_t colon = word.find(':');
  const std::string name = word.substr(0, colon);
  auto policy = find_policy(name);
  if (!policy) {
    const auto known = policy_names();
    return failure(ErrorCode::invalid_input,
                   fmt::format("no policy '{}'; nearest is '{}'", name, nearest_name(name, known)));
  }
  const std::string predictor =
      colon == std::string::npos ? parsed.text("predictor") : word.substr(colon + 1);
  if (!predictor.empty()) {
    const auto source = find_source(predictor);
    if (!source) return failure(ErrorCode::invalid_input, fmt::format("no predictor '{}'", predictor));
    policy->source = *source;
  }
  if (parsed.has("correction")) {
    const auto correction = find_correction(parsed.text("correction"));
    if (!correction)
      return failure(ErrorCode::invalid_input, fmt::format("no correction '{}'", parsed.text("correction")));
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

/// What the site's own files say about the policies that imitate it.
Result<void> apply_site(const ParsedOptions& parsed, std::vector<SchedulingPolicy>& policies) {
  const auto age = age_factor_of(parsed);
  if (!age) return tl::make_unexpected(age.error());
  for (SchedulingPolicy& policy : policies) {
    if (parsed.has("conf") && policy.order == Order::static_key) {
      const auto settings = load_settings(parsed.text("conf"));
      if (!settings) return tl::make_unexpected(settings.error());
      policy.static_key = settings->policy.order;
    }
    if (policy.backfill != Backfill::slurm) continue;
    const auto read = parse_scheduler_parameters(parsed.text("scheduler-parameters"), policy.slurm);
    if (!read) return tl::make_unexpected(about("--scheduler-parameters", read.error()));
    policy.slurm = read->loop;
    follow_priorities(policy, read->min_prio_reserve, *age);
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

ExperimentOptions experiment_of(const ParsedOptions& parsed) {
  ExperimentOptions options;
  options.jitter_s = parsed.values["jitter"].as<std::int64_t>();
  options.runs = parsed.values["runs"].as<std::uint32_t>();
  options.seed = parsed.values["seed"].as<std::uint64_t>();
  options.threads = parsed.values["threads"].as<unsigned>();
  if (options.threads == 0) options.threads = std::thread::hardware_concurrency();
  return options;
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
  if (parsed.operands.empty()) return misused("name a trace");
  auto policies = policies_of(parsed);
  if (!policies) return misused(policies.error().message);
  const auto load = load_options_of(parsed);
  if (!load) return misused(load.error().message);
  const ExperimentOptions experiment = experiment_of(parsed);
  if (experiment.jitter_s < 0) return misused("--jitter is below 0");
  return ReplayOptions{parsed.operands,
                       std::move(*policies),
                       *load,
                       experiment,
                       file_of(parsed, "json"),
                       file_of(parsed, "csv"),
                       file_of(parsed, "html"),
                       file_of(parsed, "schedule")};
}

}  // namespace foreshape

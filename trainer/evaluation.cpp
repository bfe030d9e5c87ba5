#include "trainer/evaluation.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "predictor/baseline/kernel.h"
#include "predictor/baseline/simple.h"
#include "predictor/model/gate.h"
#include "trainer/live_book.h"

namespace foreshape {
namespace {

constexpr std::size_t kRunTime = static_cast<std::size_t>(Resource::run_time);
constexpr std::size_t kMemory = static_cast<std::size_t>(Resource::peak_memory);

double processor_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Of a model that is kept.
constexpr std::size_t kGoldenPairs = 8;

using Forecasts = std::array<Forecast, kResources>;

/// Everybody's forecasts.
struct Said {
  Forecasts kernel, network, model;
};

/// A job that has not ended: what the network was given, and what was said.
struct Waiting {
  ModelInput input;
  Said said;
};

TrainSettings training_of(const EvaluationSettings& settings) {
  TrainSettings training = settings.training;
  training.scores_candidates = settings.ablated != Ablated::attention;
  return training;
}

/// Sums of a user's accuracies, the model's over the kernel's.
struct UserLead {
  double sum = 0, squares = 0;
  std::size_t jobs = 0;
  void add(double lead) {
    sum += lead;
    squares += lead * lead;
    ++jobs;
  }
  bool is_worse() const {
    const auto n = static_cast<double>(jobs);
    const double mean = sum / n, variance = std::max(squares / n - mean * mean, 0.0);
    return mean < -2 * std::sqrt(variance / n);
  }
};

class Run {
 public:
  Run(const std::vector<TracedJob>& jobs, const EvaluationSettings& settings,
      std::unique_ptr<Products> products, const OnForecast& on_forecast)
      : settings_(settings),
        trainer_(training_of(settings), std::move(products)),
        serving_(settings.training.sizes, 1, false),
        on_forecast_(on_forecast) {
    for (const TracedJob& job : jobs) ++of_user_[job.request.uid];
    heavy_ = jobs.size() / 20;
    next_refit_ = std::min(settings.refit_every / 2, std::size_t{250});
  }

  void submitted(const TracedJob& job, const ProfileStore& store);
  void ended(const TracedJob& job);
  Evaluation finish(const std::vector<TracedJob>& jobs);

 private:
  Model model(const std::vector<TracedJob>& jobs) const;
  bool is_due(UnixSeconds now_s) const;
  void refit(UnixSeconds now_s);
  Said forecast(const JobMoment& moment, ModelInput& input);
  void ask_network(const JobMoment& moment, const ModelInput& input, Said& said);
  void score(const TracedJob& job, const ProfileStore& store, const Said& said);
  void score_used(const TracedJob& job, const Said& said);
  std::vector<JobGroup> groups_of(const JobRequest& job, const Candidates& candidates) const;

  std::size_t gap_to_refit() const {
    const std::size_t most = settings_.refit_every;
    return std::clamp(out_.jobs / 10, most / 4 + 1, most);
  }

  const EvaluationSettings& settings_;
  std::size_t next_refit_ = 0;
  UnixSeconds next_refit_s_ = 0;
  OnlineTrainer trainer_;
  NetworkState serving_;
  LoopProducts loops_;
  std::array<Gate, kResources> gates_;
  LiveBook live_;
  Candidates candidates_;
  KernelVotes votes_;
  std::unordered_map<const TracedJob*, std::unique_ptr<Waiting>> waiting_;
  std::unordered_map<UserId, std::size_t> of_user_;
  std::unordered_map<UserId, UserLead> leads_;
  std::size_t heavy_ = 0;
  const OnForecast& on_forecast_;
  std::array<ModelInput, kGoldenPairs> newest_inputs_{};
  Evaluation out_;
};

/// Features that the kernel has computed say nothing.
void forget_kernel(ModelInput& input) {
  constexpr auto kFirst = static_cast<std::size_t>(JobFeature::kernel_missing),
                 kLast = static_cast<std::size_t>(JobFeature::kernel_written_missing);
  std::fill(input.job.begin() + kFirst, input.job.begin() + kLast + 1, 0.0F);
  for (std::size_t k = 0; k < input.candidates; ++k)
    for (const PairFeature f : {PairFeature::kernel_log_weight, PairFeature::density})
      input.pairs[k * kPairFeatures + static_cast<std::size_t>(f)] = 0;
}

void Run::ask_network(const JobMoment& moment, const ModelInput& input, Said& said) {
  for (std::size_t r = 0; r < kResources; ++r) serving_.wanted[r] = said.kernel[r].known();
  const ModelInput* one = &input;
  forward(trainer_.weights(), std::span{&one, 1}, loops_, serving_);
  for (std::size_t r = 0; r < kResources; ++r) {
    if (!serving_.wanted[r]) continue;
    PointChoices choices;  // NOLINT(cppcoreguidelines-pro-type-member-init): size are set
    said.network[r] =
        mixture_forecast(serving_.mixtures[r], input.bound[r], said.kernel[r], votes_[r], choices);
    said.network[r].jobs = std::max<std::uint16_t>(said.kernel[r].jobs, 1);
    said.model[r] = gates_[r].mix(moment.job.uid, said.kernel[r], said.network[r], choices);
  }
}

Said Run::forecast(const JobMoment& moment, ModelInput& input) {
  Said said;
  said.kernel = said.model = moment.kernel.forecasts;
  if (!settings_.with_network) return said;
  const double start = processor_s();
  compute_features(moment, input);
  if (settings_.ablated == Ablated::kernel) forget_kernel(input);
  if (trainer_.trained()) ask_network(moment, input, said);
  out_.predict_s += processor_s() - start;
  return said;
}

std::vector<JobGroup> Run::groups_of(const JobRequest& job, const Candidates& candidates) const {
  std::vector<JobGroup> groups = {JobGroup::all};
  constexpr std::size_t kFewJobs = 10;
  if (candidates.own < kFewJobs) groups.push_back(JobGroup::new_users);
  if (of_user_.at(job.uid) >= heavy_) groups.push_back(JobGroup::heavy_users);
  const auto alike = std::ranges::count_if(candidates.of_user(), [&](const PastJob& past) {
    return past.asked_limit_s == job.limit_s.value_or(0) && past.asked_cpus == job.least_cpus();
  });
  if (alike < 3) groups.push_back(JobGroup::rare_jobs);
  return groups;
}

void Run::score(const TracedJob& job, const ProfileStore& store, const Said& said) {
  const auto run = static_cast<double>(job.usage.run_s);
  const auto asked = static_cast<double>(job.request.limit_s.value_or(0));
  std::array<PastJob, 2> own;
  const std::size_t n = store.newest_jobs(ProfileGroup::user, job.request.uid, own);
  const auto last2 = last_two_run_s(job.request, std::span{own}.first(n));
  const auto& [kernel, network, model] =
      std::tie(said.kernel[kRunTime], said.network[kRunTime], said.model[kRunTime]);
  for (const JobGroup group : groups_of(job.request, candidates_)) {
    const auto add = [&](Evaluated predictor, const auto& said_by_it, bool is_known) {
      Score& score = out_.run_time[static_cast<std::size_t>(predictor)][static_cast<std::size_t>(group)];
      if (is_known) return score.add(said_by_it, run);
      if (asked > 0) score.add(asked, run);
    };
    add(Evaluated::requested, asked, asked > 0);
    add(Evaluated::last2, static_cast<double>(last2.value_or(0)), last2.has_value());
    add(Evaluated::kernel, kernel, kernel.known());
    if (!settings_.with_network) continue;
    add(Evaluated::network, network.known() ? network : kernel, kernel.known());
    add(Evaluated::model, model, model.known());
  }
  if (!kernel.known() && asked <= 0) return;
  const auto typical = [&](const Forecast& f) { return f.known() ? static_cast<double>(f.typical) : asked; };
  leads_[job.request.uid].add(likeness(typical(model), run) - likeness(typical(kernel), run));
}

/// What was measured of a resource; nothing where the job asked for no memory.
std::optional<double> measured(const TracedJob& job, Resource resource) {
  const JobUsage& usage = job.usage;
  const auto number = [](const auto& x) -> std::optional<double> {
    return x && *x > 0 ? std::optional{static_cast<double>(*x)} : std::nullopt;
  };
  switch (resource) {
    case Resource::peak_memory: {
      const auto used = number(usage.peak_memory_bytes), bound = number(job.request.memory_per_node_bytes);
      return used && bound ? std::optional{std::min(*used, *bound)} : std::nullopt;
    }
    case Resource::cpu_efficiency:
      return number(usage.cpu_efficiency);
    case Resource::read:
      return number(usage.read_bytes);
    case Resource::written:
      return number(usage.written_bytes);
    default:
      return std::nullopt;
  }
}

void Run::score_used(const TracedJob& job, const Said& said) {
  for (std::size_t r = kMemory; r < kResources; ++r) {
    const auto used = measured(job, static_cast<Resource>(r));
    // Where nothing is known the request stands for it; without one nobody is scored.
    const double asked =
        r == kMemory ? static_cast<double>(job.request.memory_per_node_bytes.value_or(0)) : 0;
    if (!used || (!said.kernel[r].known() && asked <= 0)) continue;
    const auto add = [&](Evaluated predictor, const Forecast& forecast) {
      Score& score = out_.used[static_cast<std::size_t>(predictor)][r];
      forecast.known() ? score.add(forecast, *used) : score.add(asked, *used);
    };
    if (asked > 0) add(Evaluated::requested, {});
    add(Evaluated::kernel, said.kernel[r]);
    if (!settings_.with_network) continue;
    add(Evaluated::network, said.network[r].known() ? said.network[r] : said.kernel[r]);
    add(Evaluated::model, said.model[r]);
  }
}

bool Run::is_due(UnixSeconds now_s) const {
  if (!settings_.with_network || out_.jobs < next_refit_) return false;
  return settings_.refit_every_s == 0 || now_s >= next_refit_s_;
}

void Run::refit(UnixSeconds now_s) {
  next_refit_ = settings_.refit_every_s == 0 ? out_.jobs + gap_to_refit() : 0;
  next_refit_s_ = now_s + settings_.refit_every_s;
  const double start = processor_s();
  trainer_.refit();
  out_.train_s += processor_s() - start;
  ++out_.refits;
}

void Run::submitted(const TracedJob& job, const ProfileStore& store) {
  if (is_due(job.request.submit_s)) refit(job.request.submit_s);
  ++out_.jobs;
  gather(job.request, store, candidates_);
  const Prediction kernel = predict_kernel(job.request, candidates_, votes_);
  auto waiting = std::make_unique<Waiting>();
  waiting->said = forecast(
      {job.request, candidates_, kernel, live_.of(job.request.uid, job.request.submit_s)}, waiting->input);
  const Said& said = waiting->said;
  score(job, store, said);
  score_used(job, said);
  if (on_forecast_) on_forecast_(job, waiting->input, said.model[kRunTime]);
  if (!settings_.with_network) return;
  newest_inputs_[out_.jobs % kGoldenPairs] = waiting->input;
  live_.submitted(job);
  waiting_[&job] = std::move(waiting);
}

void Run::ended(const TracedJob& job) {
  const auto found = waiting_.find(&job);
  if (found == waiting_.end()) return;
  const ModelInput& input = found->second->input;
  const Said& said = found->second->said;
  live_.ended(job);
  const Target target = target_of(past_job(0, job.request, job.usage));
  trainer_.add(input, target);
  for (std::size_t r = 0; r < kResources; ++r) {
    if (target.known[r] == kUnknown || !said.kernel[r].known() || !said.network[r].known()) continue;
    const float used = std::exp(std::min(target.value[r], input.bound[r]));
    gates_[r].learn(job.request.uid, forecast_loss(said.kernel[r], used),
                    forecast_loss(said.network[r], used), evidence_of(input));
  }
  waiting_.erase(found);
}

Model Run::model(const std::vector<TracedJob>& jobs) const {
  Model model;
  model.sizes = settings_.training.sizes;
  model.weights.assign(trainer_.weights().begin(), trainer_.weights().end());
  for (std::size_t r = 0; r < kResources; ++r) {
    model.serves[r] = r == kRunTime || out_.used_of(Evaluated::network, static_cast<Resource>(r)).jobs() > 0;
    if (model.serves[r]) model.gates[r] = gates_[r].table();
  }
  model.card.data_from_s = jobs.front().request.submit_s;
  model.card.data_to_s = jobs.back().request.submit_s;
  model.card.rows = out_.jobs - waiting_.size();
  model.card.users = of_user_.size();
  model.card.seed = settings_.training.seed;
  model.card.steps = trainer_.steps();
  model.card.metrics = metrics_of(out_);
  for (std::size_t i = 0; i < std::min(out_.jobs, kGoldenPairs); ++i)
    model.golden.push_back(golden_pair(model, newest_inputs_[(out_.jobs - i) % kGoldenPairs]));
  return model;
}

Evaluation Run::finish(const std::vector<TracedJob>& jobs) {
  constexpr std::size_t kEnoughJobs = 100;
  for (const auto& [uid, lead] : leads_) {
    if (lead.jobs < kEnoughJobs) continue;
    ++out_.users;
    if (lead.is_worse()) ++out_.users_worse;
  }
  if (settings_.keep_model && trainer_.trained()) out_.model = model(jobs);
  return std::move(out_);
}

}  // namespace

std::string_view name_of(Evaluated predictor) {
  constexpr std::array<std::string_view, kEvaluated> kNames = {"requested", "last2", "kernel", "network",
                                                               "model"};
  return kNames[static_cast<std::size_t>(predictor)];
}

std::string_view name_of(JobGroup group) {
  constexpr std::array<std::string_view, kJobGroups> kNames = {"all", "new_users", "heavy_users",
                                                               "rare_jobs"};
  return kNames[static_cast<std::size_t>(group)];
}

std::string_view name_of(Ablated ablated) {
  constexpr std::array<std::string_view, kAblated> kNames = {"nothing", "attention", "kernel"};
  return kNames[static_cast<std::size_t>(ablated)];
}

std::vector<ModelMetric> metrics_of(const Evaluation& evaluation) {
  std::vector<ModelMetric> metrics;
  for (std::size_t p = 0; p < kEvaluated; ++p) {
    const auto add = [&](std::string_view resource, const Score& score) {
      if (score.jobs() == 0) return;
      const auto put = [&](const char* what, double value) {
        metrics.push_back(
            {std::string(name_of(static_cast<Evaluated>(p))), fmt::format("{}.{}", resource, what), value});
      };
      put("jobs", static_cast<double>(score.jobs()));
      put("accuracy", score.accuracy());
      put("pinball50", score.pinball_loss(4));
      put("pinball90", score.pinball_loss(7));
      put("pinball95", score.pinball_loss(8));
      put("coverage95", score.coverage(8));
    };
    add("run_time", evaluation.run_time[p][static_cast<std::size_t>(JobGroup::all)]);
    for (std::size_t r = kMemory; r < kResources; ++r)
      add(metric_name(static_cast<Resource>(r)), evaluation.used[p][r]);
  }
  return metrics;
}

Evaluation evaluate(const std::vector<TracedJob>& jobs, const EvaluationSettings& settings,
                    std::unique_ptr<Products> products, const OnForecast& on_forecast) {
  Run run{jobs, settings, std::move(products), on_forecast};
  visit_in_time(
      jobs, [&](const TracedJob& job, const ProfileStore& store) { run.submitted(job, store); },
      [&](const TracedJob& job) { run.ended(job); });
  return run.finish(jobs);
}

}  // namespace foreshape

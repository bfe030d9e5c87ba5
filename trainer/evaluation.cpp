#include "trainer/evaluation.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
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

/// Both predictors' forecasts of run time and memory.
struct Said {
  std::array<Forecast, 2> kernel, network;
};

/// A job that has not ended: what the network was given, and what was said.
struct Waiting {
  ModelInput input;
  Said said;
};

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
        trainer_(settings.training, std::move(products)),
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
  Said forecast(const JobMoment& moment, ModelInput& input);
  void score(const TracedJob& job, const ProfileStore& store, const Said& said,
             std::array<Forecast, 2> model);
  std::vector<JobGroup> groups_of(const JobRequest& job, const Candidates& candidates) const;

  std::size_t gap_to_refit() const {
    const std::size_t most = settings_.refit_every;
    return std::clamp(out_.jobs / 10, most / 4 + 1, most);
  }

  const EvaluationSettings& settings_;
  std::size_t next_refit_ = 0;
  OnlineTrainer trainer_;
  NetworkState serving_;
  LoopProducts loops_;
  Gate gate_, memory_gate_;
  LiveBook live_;
  Candidates candidates_;
  std::unordered_map<const TracedJob*, std::unique_ptr<Waiting>> waiting_;
  std::unordered_map<UserId, std::size_t> of_user_;
  std::unordered_map<UserId, UserLead> leads_;
  std::size_t heavy_ = 0;
  const OnForecast& on_forecast_;
  std::array<ModelInput, kGoldenPairs> newest_inputs_{};
  Evaluation out_;
};

Said Run::forecast(const JobMoment& moment, ModelInput& input) {
  Said said;
  said.kernel = {moment.kernel.of(Resource::run_time), moment.kernel.of(Resource::peak_memory)};
  if (!settings_.with_network) return said;
  const double start = processor_s();
  compute_features(moment, input);
  if (trainer_.trained()) {
    const ModelInput* one = &input;
    serving_.wanted = {true, said.kernel[kMemory].known(), false, false, false};
    forward(trainer_.weights(), std::span{&one, 1}, loops_, serving_);
    for (const std::size_t r : {kRunTime, kMemory}) {
      if (!serving_.wanted[r]) continue;
      said.network[r] = mixture_forecast(serving_.mixtures[r], input.bound[r]);
      said.network[r].jobs = std::max<std::uint16_t>(moment.kernel.forecasts[r].jobs, 1);
    }
  }
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

void Run::score(const TracedJob& job, const ProfileStore& store, const Said& said,
                std::array<Forecast, 2> model) {
  const auto run = static_cast<double>(job.usage.run_s);
  const auto asked = static_cast<double>(*job.request.limit_s);
  std::array<PastJob, 2> own;
  const std::size_t n = store.newest_jobs(ProfileGroup::user, job.request.uid, own);
  const auto last2 = static_cast<double>(*last_two_run_s(job.request, std::span{own}.first(n)));
  for (const JobGroup group : groups_of(job.request, candidates_)) {
    const auto add = [&](Evaluated predictor, const Forecast& forecast) {
      Score& score = out_.run_time[static_cast<std::size_t>(predictor)][static_cast<std::size_t>(group)];
      forecast.known() ? score.add(forecast, run) : score.add(asked, run);
    };
    out_.run_time[static_cast<std::size_t>(Evaluated::requested)][static_cast<std::size_t>(group)].add(asked,
                                                                                                       run);
    out_.run_time[static_cast<std::size_t>(Evaluated::last2)][static_cast<std::size_t>(group)].add(last2,
                                                                                                   run);
    add(Evaluated::kernel, said.kernel[0]);
    if (!settings_.with_network) continue;
    add(Evaluated::network, said.network[0].known() ? said.network[0] : said.kernel[0]);
    add(Evaluated::model, model[0]);
  }
  const auto typical = [&](const Forecast& f) { return f.known() ? static_cast<double>(f.typical) : asked; };
  leads_[job.request.uid].add(likeness(typical(model[0]), run) - likeness(typical(said.kernel[0]), run));

  const auto used = job.usage.peak_memory_bytes, bound = job.request.memory_per_node_bytes;
  if (!used || !bound || *used <= 0 || *bound <= 0) return;
  const auto memory = static_cast<double>(std::min(*used, *bound));
  const auto add = [&](Evaluated predictor, const Forecast& forecast) {
    Score& score = out_.memory[static_cast<std::size_t>(predictor)];
    forecast.known() ? score.add(forecast, memory) : score.add(static_cast<double>(*bound), memory);
  };
  add(Evaluated::requested, {});
  add(Evaluated::kernel, said.kernel[1]);
  if (!settings_.with_network) return;
  add(Evaluated::network, said.network[1].known() ? said.network[1] : said.kernel[1]);
  add(Evaluated::model, model[1]);
}

void Run::submitted(const TracedJob& job, const ProfileStore& store) {
  if (settings_.with_network && out_.jobs >= next_refit_) {
    next_refit_ = out_.jobs + gap_to_refit();
    const double start = processor_s();
    trainer_.refit();
    out_.train_s += processor_s() - start;
    ++out_.refits;
  }
  ++out_.jobs;
  gather(job.request, store, candidates_);
  const Prediction kernel = predict_kernel(job.request, candidates_);
  auto waiting = std::make_unique<Waiting>();
  waiting->said = forecast(
      {job.request, candidates_, kernel, live_.of(job.request.uid, job.request.submit_s)}, waiting->input);
  const Said& said = waiting->said;
  const std::array<Forecast, 2> model = {gate_.mix(job.request.uid, said.kernel[0], said.network[0]),
                                         memory_gate_.mix(job.request.uid, said.kernel[1], said.network[1])};
  score(job, store, said, model);
  if (on_forecast_) on_forecast_(job, waiting->input, model[0]);
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
  const auto learn = [&](Gate& gate, std::size_t r) {
    if (target.known[r] == kUnknown || !said.kernel[r].known() || !said.network[r].known()) return;
    const float used = std::exp(std::min(target.value[r], input.bound[r]));
    gate.learn(job.request.uid, forecast_loss(said.kernel[r], used), forecast_loss(said.network[r], used));
  };
  learn(gate_, kRunTime);
  learn(memory_gate_, kMemory);
  waiting_.erase(found);
}

Model Run::model(const std::vector<TracedJob>& jobs) const {
  Model model;
  model.sizes = settings_.training.sizes;
  model.weights.assign(trainer_.weights().begin(), trainer_.weights().end());
  model.serves[kRunTime] = true;
  model.gates[kRunTime] = gate_.table();
  model.serves[kMemory] = out_.memory[static_cast<std::size_t>(Evaluated::network)].jobs() > 0;
  if (model.serves[kMemory]) model.gates[kMemory] = memory_gate_.table();
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

std::vector<ModelMetric> metrics_of(const Evaluation& evaluation) {
  std::vector<ModelMetric> metrics;
  for (std::size_t p = 0; p < kEvaluated; ++p) {
    const auto add = [&](const char* resource, const Score& score) {
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
    add("memory", evaluation.memory[p]);
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

// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/config/key.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "predictor/base/text.h"
#include "predictor/config/key_kind.h"
#include "predictor/config/units.h"
#include "predictor/plan/names.h"

namespace foreshape {
namespace {

using namespace key_kind;  // the table below is written in them

constexpr std::int64_t kDay = 86'400;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

Key mode_of_all_levers() {
  return {"Mode",
          [](Settings& s, std::string_view value) -> Result<void> {
            return parse_mode(value, std::nullopt).map([&s](Mode mode) { s.policy.modes.fill(mode); });
          },
          [](const Settings& s) -> std::string {
            const auto& modes = s.policy.modes;
            const bool same = std::all_of(modes.begin(), modes.end(), [&](Mode m) { return m == modes[0]; });
            return same ? kModeNames.of(modes[0]) : "";
          }};
}

Key mode_of(Lever lever) {
  const auto i = static_cast<std::size_t>(lever);
  return {kLeverKeys[i],
          [i, lever](Settings& s, std::string_view value) -> Result<void> {
            return parse_mode(value, lever).map([&s, i](Mode mode) { s.policy.modes[i] = mode; });
          },
          [i](const Settings& s) -> std::string { return kModeNames.of(s.policy.modes[i]); }};
}

Key hold_users() {
  return {"HoldUsers",
          [](Settings& s, std::string_view value) -> Result<void> {
            auto names = parse_names(value);
            if (!names) return tl::make_unexpected(names.error());
            if (names->size() > kMaxHoldUsers)
              return failure(ErrorCode::invalid_input, fmt::format("{} users, at most {} can have holds",
                                                                   names->size(), kMaxHoldUsers));
            if (names->size() > 1 && std::ranges::find(*names, HoldPolicy::kEverybody) != names->end())
              return failure(ErrorCode::invalid_input, "'auto' stands for everybody: name nobody beside it");
            s.policy.hold.users = std::move(*names);
            return {};
          },
          [](const Settings& s) { return fmt::format("{}", fmt::join(s.policy.hold.users, ",")); }};
}

void put_files_under_state_dir(Settings& s) {
  s.journal_dir = s.state_dir + "/journal";
  s.snapshot_file = s.state_dir + "/profiles.snap";
  s.status_file = s.state_dir + "/status.json";
  s.model_file = s.state_dir + "/model.fsm";
}

/// The smaller caps are within the whole one unless somebody says otherwise (which is then refused).
void keep_caps_within(Settings& s) {
  HoldPolicy& hold = s.policy.hold;
  hold.idle_cap_per_partition_node_s = std::min(hold.idle_cap_per_partition_node_s, hold.idle_cap_node_s);
  hold.idle_cap_per_user_node_s = std::min(hold.idle_cap_per_user_node_s, hold.idle_cap_node_s);
}

/// The two that go with the form, unless somebody says otherwise.
void follow_form(Settings& s) {
  OrderPolicy& order = s.policy.order;
  const OrderPolicy usual = order_policy(order.form);
  order.max_offset_s = usual.max_offset_s;
  order.short_job_s = usual.short_job_s;
}

std::vector<Key> file_keys() {
  return {
      yes_no("Enabled", field(&Settings::enabled)),
      path("StateDir", field(&Settings::state_dir), put_files_under_state_dir),
      path("JournalDir", field(&Settings::journal_dir)),
      path("SnapshotFile", field(&Settings::snapshot_file)),
      path("StatusFile", field(&Settings::status_file)),
      path("ModelFile", field(&Settings::model_file)),
      on_off("Model", field(&Settings::model)),
      size("JournalFileSize", field(&Settings::journal_file_bytes), 64LL << 10, 1LL << 30),
      size("JournalTotalSize", field(&Settings::journal_total_bytes), 128LL << 10, 1LL << 40),
      duration("AgentInterval", field(&Settings::agent_interval_s), PlainNumber::seconds, 1, kHour),
      count("FaultLimit", field(&Settings::fault_limit), 1, 1'000'000),
      duration("FaultWindow", field(&Settings::fault_window_s), PlainNumber::seconds, 1, kDay),
  };
}

std::vector<Key> plan_keys() {
  constexpr auto kOrder = &Policy::order;
  const auto mode = policy(kOrder, &OrderPolicy::mode);
  const auto form = policy(kOrder, &OrderPolicy::form);
  constexpr auto kMinutes = PlainNumber::minutes;
  return {
      mode_of_all_levers(),
      mode_of(Lever::run_time),
      mode_of(Lever::memory),
      mode_of(Lever::cpus),
      mode_of(Lever::io),
      real("RunTimeMargin", policy(&Policy::run_time_margin), 0.5, 0.99),
      real("MemoryMargin", policy(&Policy::memory_margin), 0.5, 0.99),
      yes_no("JobTag", field(&Settings::job_tag)),
      choice<decltype(mode), OrderMode>("Order", mode,
                                        {{kOrderModeNames.of(OrderMode::off), OrderMode::off},
                                         {kOrderModeNames.of(OrderMode::dry_run), OrderMode::dry_run},
                                         {kOrderModeNames.of(OrderMode::on), OrderMode::on}}),
      choice<decltype(form), OrderForm>(
          "OrderForm", form,
          {{kOrderFormNames.of(OrderForm::log), OrderForm::log},
           {kOrderFormNames.of(OrderForm::log_squared), OrderForm::log_squared}},
          follow_form),
      duration("OrderLogOffset", policy(kOrder, &OrderPolicy::log_offset_s), kMinutes, 0, 30 * kDay),
      duration("OrderLogSquaredOffset", policy(kOrder, &OrderPolicy::log_squared_offset_s), kMinutes, 0,
               30 * kDay),
      real("OrderLinear", policy(kOrder, &OrderPolicy::linear_offset), 0, 1'000),
      real("OrderWidthDiscount", policy(kOrder, &OrderPolicy::width_discount), 0, 1),
      duration("OrderMaxOffset", policy(kOrder, &OrderPolicy::max_offset_s), kMinutes, 60, 365 * kDay),
      duration("OrderShortJob", policy(kOrder, &OrderPolicy::short_job_s), kMinutes, 0, kDay),
      duration("OrderRenewal", policy(kOrder, &OrderPolicy::renew_s), kMinutes, 0, kDay),
  };
}

std::vector<Key> trial_keys() {
  constexpr auto kTrials = &Policy::trials;
  const auto mode = policy(kTrials, &TrialStarts::mode);
  return {
      choice<decltype(mode), TrialMode>(kTrialKey, mode,
                                        {{kTrialModeNames.of(TrialMode::off), TrialMode::off},
                                         {kTrialModeNames.of(TrialMode::opt_in), TrialMode::opt_in},
                                         {kTrialModeNames.of(TrialMode::on), TrialMode::on}}),
      duration("TrialLength", policy(kTrials, &TrialStarts::length_s), PlainNumber::minutes, 30, kHour / 2),
      share("TrialChance", policy(kTrials, &TrialStarts::chance_min)),
      count("TrialUserDay", policy(kTrials, &TrialStarts::user_day_max), 1, 100'000),
  };
}

std::vector<Key> hold_keys() {
  constexpr auto kHold = &Policy::hold;
  constexpr auto kMinutes = PlainNumber::minutes;
  using Hold = HoldPolicy;
  const auto mode = policy(kHold, &Hold::mode);
  return {
      choice<decltype(mode), HoldMode>("Hold", mode,
                                       {{kHoldModeNames.of(HoldMode::off), HoldMode::off},
                                        {kHoldModeNames.of(HoldMode::dry_run), HoldMode::dry_run},
                                        {kHoldModeNames.of(HoldMode::on), HoldMode::on}}),
      duration("HoldWindow", policy(kHold, &Hold::window_s), kMinutes, 60, kDay),
      duration("HoldMaxTime", policy(kHold, &Hold::max_time_s), kMinutes, 60, 7 * kDay),
      yes_no("HoldPool", policy(kHold, &Hold::pool)),
      duration("HoldShortJob", policy(kHold, &Hold::short_job_s), kMinutes, 1, 7 * kDay),
      share("HoldPoolShare", policy(kHold, &Hold::pool_share_max)),
      real("HoldPoolFactor", policy(kHold, &Hold::pool_factor), 0, 100),
      share("HoldPoolProbability", policy(kHold, &Hold::arrival_probability_min)),
      duration("HoldHeadBlocked", policy(kHold, &Hold::head_blocked_s), kMinutes, 0, 7 * kDay),
      hold_users(),
      share("HoldPersonalProbability", policy(kHold, &Hold::personal_probability_min)),
      count("HoldPersonalNodes", policy(kHold, &Hold::personal_nodes_max), 1, 100'000),
      duration("HoldDeadline", policy(kHold, &Hold::deadline_s), kMinutes, 30, kDay),
      yes_no("HoldChains", policy(kHold, &Hold::chains)),
      duration("HoldChainMax", policy(kHold, &Hold::chain_max_s), kMinutes, 60, 7 * kDay),
      node_hours("HoldIdleCap", policy(kHold, &Hold::idle_cap_node_s), keep_caps_within),
      node_hours("HoldIdleCapPartition", policy(kHold, &Hold::idle_cap_per_partition_node_s)),
      node_hours("HoldIdleCapUser", policy(kHold, &Hold::idle_cap_per_user_node_s)),
  };
}

std::vector<Key> all_keys() {
  std::vector<Key> keys = file_keys();
  for (auto part : {plan_keys(), trial_keys(), hold_keys()})
    for (Key& key : part) keys.push_back(std::move(key));
  return keys;
}

/// Insertions, deletions, replacements and neighbours swapped that lead from a to b.
/// Source: Damerau-Levenshtein in its "optimal string alignment" form; three rows of the table are enough.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

const std::vector<Key>& settings_keys() {
  // Never destroyed: inside slurmctld threads may still read it while the process exits.
  static const std::vector<Key>& keys = *new std::vector<Key>(all_keys());
  return keys;
}

std::size_t find_key(std::string_view name) {
  const auto& keys = settings_keys();
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return same_word(key.name, name); });
  return static_cast<std::size_t>(found - keys.begin());
}

std::string key_suggestion(std::string_view name) {
  constexpr std::size_t kLongestKey = 64;
  if (name.size() > kLongestKey) return {};
  std::string best;
  std::size_t best_distance = 1 + std::max<std::size_t>(1, name.size() / 4);
  const auto consider = [&](const std::string& candidate) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance >= best_distance) return;
    best_distance = distance;
    best = candidate;
  };
  for (const Key& key : settings_keys()) consider(key.name);
  for (const char* scope : {"Partition", "QOS", "Account"}) consider(scope);
  return best.empty() ? "" : ", did you mean " + best + "?";
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

Result<Mode> parse_mode(std::string_view value, std::optional<Lever> lever) {
  const bool is_memory = lever == Lever::memory;
  // Nothing else acts on them yet: taking them silently for advise would promise what is not done.
  for (const Mode mode : {Mode::dry_run, Mode::enforce})
    if (same_word(value, kModeNames.of(mode))) {
      if (is_memory) return mode;
      return failure(ErrorCode::invalid_input,
                     fmt::format("{} is available for Memory alone in this version; use advise here",
                                 kModeNames.of(mode)));
    }
  for (const Mode mode : {Mode::off, Mode::observe, Mode::advise})
    if (same_word(value, kModeNames.of(mode))) return mode;
  return refuse(value, is_memory ? "off|observe|dry-run|advise|enforce" : "off|observe|advise");
}

Result<std::vector<std::string>> parse_names(std::string_view value) {
  constexpr std::size_t kLongestName = 64;
  constexpr std::string_view kNever = " \t,=\"'\\;|<>()[]{}*?!&$`";
  std::vector<std::string> names;
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    const std::string_view name = value.substr(0, comma);
    if (name.empty() || name.size() > kLongestName || name.find_first_of(kNever) != std::string_view::npos ||
        harmless(name) != name)
      return refuse(name, "a name");
    if (std::find(names.begin(), names.end(), name) != names.end())
      return failure(ErrorCode::invalid_input, fmt::format("'{}' is named twice", name));
    names.emplace_back(name);
    if (comma == std::string_view::npos) break;
    value.remove_prefix(comma + 1);
    if (value.empty()) return refuse("", "a name (the list ends with a comma)");
  }
  return names;
}

}  // namespace foreshape

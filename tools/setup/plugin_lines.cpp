// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/plugin_lines.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <functional>

#include "tools/cli/lists.h"
#include "tools/setup/slurm_conf_text.h"

namespace foreshape {
namespace {

constexpr std::array kKeys = {"PluginDir", "JobSubmitPlugins", "SchedulerType"};
constexpr std::string_view kAdded = "  # added by foreshape setup\n";

struct Edit {
  std::size_t begin = 0, length = 0;
  std::string insert;
};

tl::unexpected<Error> unsure(const std::string& why) {
  return failure(ErrorCode::invalid_input,
                 why + "; edit slurm.conf by hand (docs: contrib/slurm.conf.example)");
}

bool mentions(std::string_view text, std::string_view key) {
  for (std::size_t i = 0; i + key.size() <= text.size(); ++i)
    if (equal_ignoring_case(text.substr(i, key.size()), key)) return true;
  return false;
}

/// Nothing but the main file says anything of our keys.
Result<void> check_included(const ConfFile& file, const ConfText& conf) {
  for (const char* key : kKeys)
    for (const std::string& text : conf.unread)
      if (mentions(text, key)) return unsure(fmt::format("'{}' is no Key=Value, and it names {}", text, key));
  if (conf.includes.size() > file.included.size())
    return unsure(fmt::format("what 'include {}' brings is not known", conf.includes.front()));
  for (const auto& included : file.included) {
    if (!included.text) return unsure(fmt::format("the included file {} can't be read", included.name));
    for (const char* key : kKeys)
      if (mentions(*included.text, key))
        return unsure(fmt::format("the included file {} names {}", included.name, key));
    if (!read_conf_text(*included.text).includes.empty())
      return unsure(fmt::format("the included file {} includes others", included.name));
  }
  return {};
}

/// The one pair of that key; nullptr if there is none.
Result<const ConfPair*> the_pair(const ConfText& conf, const char* key) {
  const auto found = conf.find(key);
  if (found.empty()) return nullptr;
  if (found.size() > 1)
    return unsure(fmt::format("{} stands in line {} and in line {}", key, found[0]->line, found[1]->line));
  if (!found[0]->is_plain || found[0]->value.empty())
    return unsure(
        fmt::format("line {}: {} is empty, continued, escaped or no plain '='", found[0]->line, key));
  return found[0];
}

std::vector<std::string_view> split(std::string_view list, char separator) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t end = list.find(separator);
    words.push_back(list.substr(0, end));
    if (end == std::string_view::npos) return words;
    list.remove_prefix(end + 1);
  }
}

bool is_our_submit(std::string_view word) { return word == "foreshape" || word == "job_submit/foreshape"; }

/// Our pairs as they stand in the file.
struct Found {
  const ConfPair* directories = nullptr;
  const ConfPair* submit = nullptr;
  const ConfPair* scheduler = nullptr;
  bool drops_in() const {
    return scheduler == nullptr || !equal_ignoring_case(scheduler->value, "sched/foreshape");
  }
};

Result<Found> find_pairs(const ConfFile& file, const ConfText& conf) {
  if (auto fine = check_included(file, conf); !fine) return tl::make_unexpected(fine.error());
  Found found;
  const std::array places = {&found.directories, &found.submit, &found.scheduler};
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    const auto pair = the_pair(conf, kKeys[i]);
    if (!pair) return tl::make_unexpected(pair.error());
    *places[i] = *pair;
  }
  return found;
}

/// What PluginDir must begin with.
std::string our_directories(const PluginPlaces& places, bool drops_in) {
  return drops_in ? fmt::format("{0}/dropin:{0}", places.ours) : places.ours;
}

bool is_our_directory(std::string_view word, const PluginPlaces& places) {
  return !places.ours.empty() && (word == places.ours || word == places.ours + "/dropin");
}

/// Where a line of ours goes: before the first line that says anything, where no unfinished line can swallow
/// it.
Edit added_line(const ConfText& conf, const char* key, const std::string& value) {
  return {conf.first_line, 0, fmt::format("{}={}{}", key, value, kAdded)};
}

Result<std::string> directories_value(const Found& found, const PluginPlaces& places) {
  const std::string ours = our_directories(places, found.drops_in());
  if (found.directories == nullptr) {
    if (places.stock.empty())
      return unsure("slurm.conf has no PluginDir, and Slurm's own plugins were not found");
    return ours + ":" + places.stock;
  }
  const std::string& value = found.directories->value;
  if (value.starts_with(ours + ":")) return value;
  for (const std::string_view word : split(value, ':'))
    if (is_our_directory(word, places))
      return unsure(fmt::format("line {}: PluginDir must begin with {}", found.directories->line, ours));
  return ours + ":" + value;
}

Result<std::string> submit_value(const Found& found) {
  if (found.submit == nullptr) return "foreshape";
  const auto words = split(found.submit->value, ',');
  const auto ours = std::find_if(words.begin(), words.end(), is_our_submit);
  if (ours == words.end()) return found.submit->value + ",foreshape";
  if (ours + 1 != words.end())
    return unsure(fmt::format("line {}: foreshape must be the last of JobSubmitPlugins, and there once",
                              found.submit->line));
  return found.submit->value;
}

Result<std::string> scheduler_value(const Found& found) {
  if (found.scheduler == nullptr) return "sched/backfill";
  if (found.drops_in() && !equal_ignoring_case(found.scheduler->value, "sched/backfill"))
    return unsure(fmt::format("line {}: SchedulerType={} has no backfill, which Foreshape works with",
                              found.scheduler->line, found.scheduler->value));
  return found.scheduler->value;
}

Result<std::array<std::string, 3>> wanted_values(const Found& found, const PluginPlaces& places) {
  const auto directories = directories_value(found, places);
  if (!directories) return tl::make_unexpected(directories.error());
  const auto submit = submit_value(found);
  if (!submit) return tl::make_unexpected(submit.error());
  const auto scheduler = scheduler_value(found);
  if (!scheduler) return tl::make_unexpected(scheduler.error());
  return std::array{*directories, *submit, *scheduler};
}

/// Edits of different places, from the last to the first; those of one place keep their order.
std::string edited(std::string text, std::vector<Edit> edits) {
  std::stable_sort(edits.begin(), edits.end(),
                   [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit)
    text.replace(edit->begin, edit->length, edit->insert);
  return text;
}

/// The list without our words; the separator next to each goes with it.
std::string without_ours(std::string_view list, char separator,
                         const std::function<bool(std::string_view)>& is_ours) {
  std::string kept;
  bool any = false;
  for (const std::string_view word : split(list, separator)) {
    if (is_ours(word)) continue;
    if (any) kept += separator;
    kept += word;
    any = true;
  }
  return kept;
}

std::string_view line_of(std::string_view text, const ConfPair& pair) {
  return text.substr(pair.line_begin, pair.line_end - pair.line_begin);
}

bool is_marked(std::string_view text, const ConfPair& pair) { return line_of(text, pair).ends_with(kAdded); }

/// Whether its directories can be told from the site's. They can't once the plugins are gone and nobody says
/// where they were: to find nothing of ours there would leave Slurm with directories that are none.
Result<void> check_places(std::string_view text, const ConfPair* directories, const PluginPlaces& places) {
  if (!places.ours.empty() || directories == nullptr) return {};
  bool ours = is_marked(text, *directories);
  for (const std::string_view word : split(directories->value, ':'))
    ours = ours || word.ends_with("/foreshape/slurm") || word.ends_with("/foreshape/slurm/dropin");
  if (!ours) return {};
  return failure(ErrorCode::invalid_input,
                 fmt::format("line {}: PluginDir={} names Foreshape's plugins, which are not found any more; "
                             "say with --plugin-dir where they were",
                             directories->line, directories->value));
}

/// A pair with what is to become of it.
struct Taking {
  const ConfPair* pair = nullptr;
  std::string left;   ///< its value without ours
  std::string added;  ///< its value in a line that we added
};

/// What takes ours out of a pair. A line that we added goes as a whole only as long as it is what we wrote: a
/// site may have put more into it since, and that stays, without our mark.
Result<std::vector<Edit>> taking_out(std::string_view text, const Taking& taking) {
  std::vector<Edit> edits;
  if (taking.pair == nullptr) return edits;
  const ConfPair& pair = *taking.pair;
  const Edit whole_line{pair.line_begin, line_of(text, pair).size(), ""};
  const bool marked = is_marked(text, pair);
  if (marked && pair.is_alone && pair.value == taking.added) return std::vector{whole_line};
  if (taking.left.empty() && !pair.is_alone)
    return unsure(fmt::format("line {}: nothing is left of {}, beside other keys", pair.line, pair.key));
  if (taking.left.empty()) return std::vector{whole_line};
  if (taking.left != pair.value) edits.push_back({pair.begin, pair.value.size(), taking.left});
  if (marked) edits.push_back({pair.line_end - kAdded.size(), kAdded.size(), "\n"});
  return edits;
}

/// Each of the three pairs with what is to become of it.
std::array<Taking, 3> takings(const Found& found, const PluginPlaces& places) {
  const auto value_of = [](const ConfPair* pair) { return pair == nullptr ? std::string{} : pair->value; };
  const auto is_directory = [&](std::string_view word) { return is_our_directory(word, places); };
  return {
      Taking{found.directories, without_ours(value_of(found.directories), ':', is_directory),
             our_directories(places, found.drops_in()) + ":" + places.stock},
      Taking{found.submit, without_ours(value_of(found.submit), ',', is_our_submit), "foreshape"},
      Taking{found.scheduler, found.drops_in() ? value_of(found.scheduler) : std::string("sched/backfill"),
             "sched/backfill"}};
}

}  // namespace

Result<std::vector<std::string>> plugin_lines(const ConfFile& file, const PluginPlaces& places) {
  const ConfText conf = read_conf_text(file.text);
  const auto found = find_pairs(file, conf);
  if (!found) return tl::make_unexpected(found.error());
  const auto values = wanted_values(*found, places);
  if (!values) return tl::make_unexpected(values.error());
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < kKeys.size(); ++i)
    lines.push_back(fmt::format("{}={}", kKeys[i], (*values)[i]));
  return lines;
}

Result<std::string> with_plugin_lines(const ConfFile& file, const PluginPlaces& places) {
  const ConfText conf = read_conf_text(file.text);
  const auto found = find_pairs(file, conf);
  if (!found) return tl::make_unexpected(found.error());
  const auto values = wanted_values(*found, places);
  if (!values) return tl::make_unexpected(values.error());
  const std::array pairs = {found->directories, found->submit, found->scheduler};
  std::vector<Edit> edits;
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    const std::string& value = (*values)[i];
    if (pairs[i] == nullptr)
      edits.push_back(added_line(conf, kKeys[i], value));
    else if (pairs[i]->value != value)
      edits.push_back({pairs[i]->begin, pairs[i]->value.size(), value});
  }
  return edited(file.text, std::move(edits));
}

Result<std::string> without_plugin_lines(const ConfFile& file, const PluginPlaces& places) {
  const ConfText conf = read_conf_text(file.text);
  const auto found = find_pairs(file, conf);
  if (!found) return tl::make_unexpected(found.error());
  if (auto known = check_places(file.text, found->directories, places); !known)
    return tl::make_unexpected(known.error());
  std::vector<Edit> edits;
  for (const Taking& taking : takings(*found, places)) {
    const auto some = taking_out(file.text, taking);
    if (!some) return tl::make_unexpected(some.error());
    for (const Edit& edit : *some) {
      // Pairs that a site put into one line share its mark, which goes once.
      const auto same = [&edit](const Edit& other) { return other.begin == edit.begin; };
      if (std::none_of(edits.begin(), edits.end(), same)) edits.push_back(edit);
    }
  }
  return edited(file.text, std::move(edits));
}

}  // namespace foreshape

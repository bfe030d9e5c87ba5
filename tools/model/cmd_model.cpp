// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "predictor/model/model_file.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/model/model_card.h"
#include "tools/model/model_store.h"
#include "tools/site/settings_file.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape model";

/// What an action works with.
struct Call {
  ModelPlaces places;
  std::vector<std::string> files;
  CardForm form = CardForm::text;
  bool dry_run = false;
};

struct Subcommand {
  std::string_view name;
  std::size_t files_min, files_max;
  Result<void> (*run)(const Call& call);
};

Result<std::string> path_of(const Call& call, std::size_t number) {
  if (number >= call.files.size()) return call.places.in_force;
  return find_model(call.places, call.files[number]);
}

Result<Model> model_of(const Call& call, std::size_t number) {
  return path_of(call, number).and_then([](const std::string& path) { return read_model(path); });
}

Result<void> show(const Call& call) {
  const auto path = path_of(call, 0);
  if (!path) return tl::make_unexpected(path.error());
  const auto model = read_model(*path);
  if (!model) return tl::make_unexpected(model.error());
  fmt::print("{}", card_text(*model, *path, call.form));
  return {};
}

Result<void> check_model(const Call& call) {
  const auto path = path_of(call, 0);
  if (!path) return tl::make_unexpected(path.error());
  std::string bytes;
  const auto model = read_verified(*path, bytes);
  if (!model) return tl::make_unexpected(model.error());
  fmt::print("{}: fine: {:016x}, {} weights, {} golden pairs as they should be\n", harmless(*path),
             model->checksum, model->weights.size(), model->golden.size());
  return {};
}

Result<void> compare(const Call& call) {
  const auto a = model_of(call, 0), b = model_of(call, 1);
  if (!a) return tl::make_unexpected(a.error());
  if (!b) return tl::make_unexpected(b.error());
  fmt::print("{}", compare_text(*a, *b, call.form));
  return {};
}

std::string named(std::uint64_t checksum) {
  return checksum != 0 ? fmt::format("{:016x}", checksum) : "the kernel";
}

void tell(const Call& call, const ModelChange& change) {
  const std::string path = harmless(call.places.in_force);
  if (change.now == 0)
    fmt::print("{} {}, and the kernel alone predicts\n", path,
               change.changed ? "is removed" : "would be removed");
  else if (change.now == change.before)
    fmt::print("{} is in force already\n", named(change.now));
  else
    fmt::print("{} {} {} in {}\n", named(change.now), change.changed ? "replaces" : "would replace",
               named(change.before), path);
}

Result<void> promote(const Call& call) {
  const auto path = path_of(call, 0);
  if (!path) return tl::make_unexpected(path.error());
  const auto change = promote_model(call.places, *path, call.dry_run);
  if (!change) return tl::make_unexpected(change.error());
  tell(call, *change);
  return {};
}

Result<void> rollback(const Call& call) {
  const auto change = rollback_model(call.places, call.dry_run);
  if (!change) return tl::make_unexpected(change.error());
  tell(call, *change);
  return {};
}

Result<void> list(const Call& call) {
  const auto models = list_models(call.places);
  if (!models) return tl::make_unexpected(models.error());
  fmt::print("{}", list_text(*models, call.form));
  return {};
}

constexpr std::array<Subcommand, 6> kSubcommands = {{
    {"show", 0, 1, show},
    {"verify", 0, 1, check_model},
    {"compare", 2, 2, compare},
    {"promote", 1, 1, promote},
    {"rollback", 0, 0, rollback},
    {"list", 0, 0, list},
}};

CommandLine command_line() {
  CommandLine line{
      kProgram, "show|verify [FILE] | compare A B | promote FILE | rollback | list",
      "Trained models: their cards, whether they are sound, and which one the plugin serves.\n"
      "FILE is a path, or the beginning of a checksum as list shows it; without one, the model in "
      "force."};
  line.operands_max = 3;
  add_settings_option(line.options);
  const OptionRow rows[] = {
      {"dry-run,n", flag(), "promote, rollback: say what would be done, change nothing"},
      {"json", flag(), "print JSON"},
      {"parsable2,P", flag(), "print fields separated by '|'"},
      {"owner", text_value("USER"), "give files to this user (default, as root: to the directory's owner)"},
  };
  add_options(line.options, rows);
  return line;
}

}  // namespace

int run_model(const Args& args) {
  const ParsedOptions parsed = parse_options(command_line(), args);
  if (parsed.finished) return *parsed.finished;
  if (parsed.operands.empty())
    return report_usage(kProgram, "what to do? show, verify, compare, promote, rollback or list");
  const auto action = std::ranges::find(kSubcommands, parsed.operands[0], &Subcommand::name);
  if (action == kSubcommands.end())
    return report_usage(kProgram, fmt::format("unknown action '{}'", parsed.operands[0].substr(0, 64)));
  Call call;
  call.files.assign(parsed.operands.begin() + 1, parsed.operands.end());
  if (call.files.size() < action->files_min || call.files.size() > action->files_max)
    return report_usage(kProgram, fmt::format("{} takes {} files", action->name, action->files_max));
  const auto settings = settings_of(parsed);
  if (!settings) return report_failure(kProgram, settings.error());
  call.places = {settings->model_file, settings->state_dir + "/models", parsed.text("owner")};
  call.form =
      parsed.has("json") ? CardForm::json : (parsed.has("parsable2") ? CardForm::bars : CardForm::text);
  call.dry_run = parsed.has("dry-run");
  if (const auto done = action->run(call); !done) return report_failure(kProgram, done.error());
  return kDone;
}

}  // namespace foreshape

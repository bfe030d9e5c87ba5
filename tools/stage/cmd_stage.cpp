// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/text.h"
#include "predictor/config/units.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/cli/slurm_text.h"
#include "tools/stage/buffer_sweep.h"
#include "tools/stage/event_collection.h"
#include "tools/stage/job_link.h"
#include "tools/stage/source_path.h"
#include "tools/stage/stage_events.h"
#include "tools/stage/stage_journal.h"
#include "tools/stage/stage_planner.h"
#include "tools/stage/stage_settings.h"
#include "tools/stage/stage_why.h"
#include "tools/stage/staged_lookup.h"
#include "tools/stage/staging.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape stage";

// Set by a signal: scancel, a time limit, a closed terminal. The copying then ends in order, leaving nothing.
volatile std::sig_atomic_t ended_by = 0;

void note_signal(int number) { ended_by = number; }

void end_in_order_on_signals() {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGXCPU}) std::signal(number, note_signal);
}

Result<void> unless_ended() {
  if (ended_by == 0) return {};
  return failure(ErrorCode::deadline, fmt::format("ended by signal {}; nothing is left of it", ended_by));
}

struct StageCall {
  const ParsedOptions& parsed;
  StageSettings settings;
  std::string conf;
  std::string source, job;
};

/// 0: it is none.
JobId job_number(const std::string& text) {
  JobId job = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), job);
  return problem == std::errc{} && end == text.data() + text.size() ? job : 0;
}

Result<int> copy(const StageCall& call) {
  // Root would read what the user may not, and give it to them.
  if (::geteuid() == 0)
    return failure(ErrorCode::invalid_input, "root stages nothing: run it as the user whose data it is");
  end_in_order_on_signals();
  StageRequest request;
  request.source = call.source;
  request.with_checksums = call.parsed.has("checksum");
  request.proceed = unless_ended;
  const auto staged = stage_copy(call.settings, request, SystemClock{});
  if (const auto event = copy_event(call.source, staged))
    note_own_event(call.settings, *event, SystemClock{});
  if (!staged) return tl::make_unexpected(staged.error());
  fmt::print("{}\n", staged->path);
  if (!call.parsed.has("quiet"))
    fmt::print(stderr, "{}: {}: {} files, {}\n", kProgram, staged->is_new ? "staged" : "was staged already",
               staged->entries, rough_size_text(staged->bytes, std::nullopt));
  return kDone;
}

/// --for, at least Keep.
Result<std::int64_t> wanted_keep(const StageCall& call) {
  if (!call.parsed.has("for")) return call.settings.keep_s;
  const auto wanted = parse_duration(call.parsed.text("for"), PlainNumber::minutes);
  if (!wanted) return failure(ErrorCode::invalid_input, "--for: not a time such as 90, 12:00:00 or 2-0");
  return std::max(*wanted, call.settings.keep_s);
}

Result<int> find(const StageCall& call) {
  const auto keep_s = wanted_keep(call);
  if (!keep_s) return tl::make_unexpected(keep_s.error());
  const auto copy = find_copy(call.settings, call.source, {*keep_s, true}, SystemClock{});
  note_own_event(call.settings, use_event(call.source, copy, 0), SystemClock{});
  if (copy) {
    fmt::print("{}\n", copy->path);
    return kDone;
  }
  if (!call.parsed.has("quiet")) return tl::make_unexpected(copy.error());
  return kFailed;
}

Result<int> link(const StageCall& call) {
  const auto keep_s = wanted_keep(call);
  if (!keep_s) return tl::make_unexpected(keep_s.error());
  const auto made = link_for_job(call.settings, call.source, call.job, *keep_s, SystemClock{});
  if (!made) return tl::make_unexpected(made.error());
  note_own_event(call.settings, use_event(call.source, made->copy, job_number(call.job)), SystemClock{});
  fmt::print("{}\n", made->path);
  if (!call.parsed.has("quiet")) fmt::print(stderr, "{}: leads to {}\n", kProgram, made->target);
  return kDone;
}

Result<int> unlink(const StageCall& call) {
  if (auto removed = remove_job_link(call.settings, call.job); !removed)
    return tl::make_unexpected(removed.error());
  return kDone;
}

Result<int> show_account(const StageCall& call, bool dry_run) {
  const auto accounts = sweep_buffer(call.settings, {.dry_run = dry_run}, SystemClock{});
  if (!accounts) return tl::make_unexpected(accounts.error());
  fmt::print("{}", call.parsed.has("json") ? account_json(*accounts) : account_table(*accounts));
  int code = kDone;
  for (const StageAccount& account : *accounts)
    if (account.failures > 0)
      code = report_failure(
          kProgram, {ErrorCode::unavailable, fmt::format("uid {}: {}", account.uid, account.failure.data())});
  return code;
}

/// What the sweep has to say of copies is then in their owners' journals: taken over with the rest.
Result<int> sweep(const StageCall& call) {
  const bool dry_run = call.parsed.has("dry-run");
  auto code = show_account(call, dry_run);
  if (!code || dry_run || ::geteuid() != 0) return code;
  if (const auto taken = collect_events(call.settings, SystemClock{}); !taken)
    return tl::make_unexpected(taken.error());
  return code;
}

Result<int> account(const StageCall& call) { return show_account(call, true); }

Result<int> plan(const StageCall& call) {
  const bool dry_run = call.parsed.has("dry-run");
  if (::geteuid() != 0)
    return failure(ErrorCode::invalid_input, "plan submits jobs for their users: run it as root");
  const auto planned = plan_stagings(call.settings, call.conf, dry_run, SystemClock{});
  if (!planned) return tl::make_unexpected(planned.error());
  fmt::print("{}", plan_text(*planned));
  return kDone;
}

/// As root from the site's account, else from the caller's own journal.
Result<int> why(const StageCall& call) {
  const bool is_root = ::geteuid() == 0;
  if (call.settings.account.empty())
    return failure(ErrorCode::not_found, call.conf +
                                             ": no account of staging is kept; add a line such as "
                                             "Account=/var/lib/foreshape/stage");
  const JobId job = job_number(call.job);
  if (job == 0)
    return failure(ErrorCode::invalid_input, "'" + harmless(call.job.substr(0, 40)) + "' is not a job id");
  if (is_root)
    if (const auto taken = collect_events(call.settings, SystemClock{}); !taken)
      return tl::make_unexpected(taken.error());
  auto events = read_stage_journal(is_root ? call.settings.account : own_stage_journal(call.settings));
  if (!events && events.error().code == ErrorCode::not_found) events = std::vector<StageEvent>{};
  if (!events) return tl::make_unexpected(events.error());
  fmt::print("{}", stage_why_text(*events, job));
  return kDone;
}

struct StageAction {
  std::string_view name;
  bool takes_source, takes_job;
  Result<int> (*run)(const StageCall& call);
};

constexpr auto kActions = std::to_array<StageAction>({
    {"copy", true, false, copy},
    {"find", true, false, find},
    {"link", true, true, link},
    {"unlink", false, true, unlink},
    {"sweep", false, false, sweep},
    {"account", false, false, account},
    {"plan", false, false, plan},
    {"why", false, true, why},
});

CommandLine command_line() {
  CommandLine line{
      kProgram,
      "copy|find --from PATH | link --from PATH --job ID | unlink --job ID | why ID | sweep | account | plan "
      "[OPTIONS]",
      "Copies of input data in a fast tier, made before their job comes: made, found, swept away.\n"
      "copy, find and link run as the user whose data it is and print a path."};
  line.operands_max = 2;
  const OptionRow rows[] = {
      {"conf", text_value("FILE"), "foreshape-stage.conf to go by (default: beside slurm.conf)"},
      {"from", text_value("PATH"), "copy, find, link: the file or directory, by its absolute path"},
      {"to", text_value("DIR"), "the buffer (default: Buffer of foreshape-stage.conf)"},
      {"job", text_value("ID"), "link, unlink, why: the job"},
      {"checksum", flag(), "copy: read the copy once more and compare it with what was read"},
      {"for", text_value("TIME"),
       "find: keep the copy for so long at least (default: Keep; at most KeepMax)"},
      {"quiet,q", flag(), "copy, find, link: say nothing but the path"},
      {"dry-run,n", flag(), "sweep, plan: say what would be done, do nothing"},
      {"json", flag(), "sweep, account: print JSON"},
  };
  add_options(line.options, rows);
  return line;
}

/// Without a file and without --conf, --to is enough.
Result<StageSettings> settings_for(const ParsedOptions& parsed, const std::string& path) {
  auto settings = load_stage_settings(path);
  if (!settings && !parsed.has("conf") && parsed.has("to") && settings.error().code == ErrorCode::not_found)
    settings = StageSettings{};
  if (!settings) return settings;
  if (parsed.has("to")) {
    const auto buffer = source_name(parsed.text("to"));
    if (!buffer) return tl::make_unexpected(about("--to", buffer.error()));
    settings->buffer = *buffer;
  }
  if (settings->buffer.empty())
    return failure(ErrorCode::invalid_input, path + ": no Buffer; add a line such as Buffer=/fast/foreshape");
  return settings;
}

/// --job, or the word behind why; "" where both are given.
std::string job_of(const ParsedOptions& parsed, bool is_why) {
  const bool has_word = parsed.operands.size() > 1;
  if (parsed.has("job")) return has_word ? "" : parsed.text("job");
  return has_word && is_why ? parsed.operands[1] : "";
}

}  // namespace

int run_stage(const Args& args) {
  const ParsedOptions parsed = parse_options(command_line(), args);
  if (parsed.finished) return *parsed.finished;
  if (parsed.operands.empty())
    return report_usage(kProgram, "what to do? copy, find, link, unlink, why, sweep, account or plan");
  const auto action = std::ranges::find(kActions, parsed.operands[0], &StageAction::name);
  if (action == kActions.end())
    return report_usage(kProgram, fmt::format("unknown action '{}'", parsed.operands[0].substr(0, 64)));
  const bool is_why = action->run == why;
  if (parsed.operands.size() > 1 && !is_why)
    return report_usage(kProgram, fmt::format("unexpected word '{}'", parsed.operands[1].substr(0, 64)));
  const std::string job = job_of(parsed, is_why);
  if (action->takes_source != parsed.has("from") || action->takes_job == job.empty())
    return report_usage(kProgram, fmt::format("{} takes {}, {}", action->name,
                                              action->takes_source ? "--from PATH" : "no --from",
                                              action->takes_job ? "--job ID" : "no --job"));
  ::umask(077);
  const std::string conf = parsed.has("conf") ? parsed.text("conf") : stage_settings_path();
  const auto settings = settings_for(parsed, conf);
  if (!settings) return report_failure(kProgram, settings.error());
  StageCall call{parsed, *settings, conf, "", job};
  if (action->takes_source) {
    const auto source = source_name(parsed.text("from"));
    if (!source) return report_failure(kProgram, source.error());
    call.source = *source;
  }
  const auto code = action->run(call);
  return code ? *code : report_failure(kProgram, code.error());
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include <filesystem>
#include <fmt/format.h>
#include <unordered_set>

#include "predictor/base/text.h"
#include "predictor/history/bad_rows.h"
#include "predictor/history/job_file.h"
#include "predictor/history/sacct.h"
#include "predictor/history/swf.h"
#include "sql/past_jobs.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/cli/progress.h"
#include "tools/cli/slurm_text.h"
#include "tools/cli/time_options.h"
#include "tools/store/ingest.h"
#include "trainer/anonymizer.h"
#include "trainer/dataset_file.h"
#include "trainer/job_sorter.h"
#include "trainer/time_ordered.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape dataset";
constexpr UnixSeconds kEndOfTime_s = 32'503'680'000;  // the year 3000: PostgreSQL and HDF5 know it

struct DatasetOptions {
  std::string output, swf, sacct, delimiter, database, cluster;
  UnixSeconds from_s = 0, to_s = kEndOfTime_s;
  bool utc = false, strict = false, anonymize = false;

  /// Where jobs come from, for messages.
  std::string file() const { return !swf.empty() ? swf : !sacct.empty() ? sacct : "the store"; }
};

CommandLine command_line() {
  CommandLine line{
      kProgram, "--output FILE [--swf FILE|--sacct FILE|--db CONNINFO] [OPTIONS]",
      "Exports past jobs, in the order of submission, to the HDF5 file that foreshape-train reads. "
      "Without a file to\n"
      "read, jobs come from the store. It holds hashes, no names."};
  const OptionRow rows[] = {
      {"output,o", text_value("FILE"), "the file to write"},
      {"swf", text_value("FILE"), "read a trace in the Standard Workload Format"},
      {"sacct", text_value("FILE"), "read what sacct --parsable2 printed"},
      {"utc", flag(), "with --sacct: times are UTC, not the local time zone"},
      {"delimiter", text_value("TEXT"),
       "with --sacct: what stands between fields (default: as the header says)"},
      {"cluster,M", text_value("NAME"), "the store's jobs of this cluster (default: scontrol's ClusterName)"},
      {"strict", flag(), "stop at the first line or field that is not understood"},
      {"anonymize", flag(), "replace uids and hashes by others, under a random key that is not kept"},
  };
  add_options(line.options, rows);
  add_time_options(line.options, "leave out what was submitted before",
                   "leave out what was submitted at or after TIME");
  add_database_option(line.options);
  return line;
}

tl::expected<DatasetOptions, std::string> read_options(const ParsedOptions& parsed) {
  DatasetOptions options{.output = parsed.text("output"),
                         .swf = parsed.text("swf"),
                         .sacct = parsed.text("sacct"),
                         .delimiter = parsed.text("delimiter"),
                         .database = database(parsed),
                         .cluster = parsed.text("cluster")};
  options.utc = parsed.has("utc");
  options.strict = parsed.has("strict");
  options.anonymize = parsed.has("anonymize");
  if (options.output.empty()) return tl::make_unexpected("--output FILE is needed");
  const int sources =
      (parsed.has("swf") ? 1 : 0) + (parsed.has("sacct") ? 1 : 0) + (parsed.has("db") ? 1 : 0);
  if (sources > 1) return tl::make_unexpected("one of --swf, --sacct and --db, not more");
  const auto span = time_span(parsed, SystemClock{}.now_s());
  if (!span) return tl::make_unexpected(span.error().message);
  options.from_s = span->start_s.value_or(options.from_s);
  options.to_s = span->end_s.value_or(options.to_s);
  return options;
}

/// Takes jobs from any source: leaves out what is not wanted, hides who it was, sorts, writes.
class Export {
 public:
  Export(const DatasetOptions& options, DatasetWriter writer, const std::optional<Anonymizer>& anonymizer)
      : options_(options),
        writer_(std::move(writer)),
        anonymizer_(anonymizer),
        sorter_(directory_of(options.output)),
        progress_("jobs") {}

  Result<void> take(const TracedJob& job, double share) {
    const UnixSeconds submit_s = job.request.submit_s;
    if (submit_s <= 0) return leave_out("no submission");
    if (submit_s < options_.from_s) return leave_out("submitted before --starttime");
    if (submit_s >= options_.to_s) return leave_out("submitted at --endtime or later");
    progress_.show(++jobs_, share);
    return sorter_.add(job);
  }

  /// A job that is not exported: counted by its reason, of a short list.
  Result<void> leave_out(const char* why) {
    bad_.leave_out(why);
    return {};
  }

  /// A line that says nothing usable, or a field of it: the first ones are shown at the end, all are counted.
  void note(const BadLine& bad) { bad_.note(bad, options_.file()); }

  /// Errors: invalid_input - --strict, and something was not understood.
  Result<void> check() const { return options_.strict ? bad_.check_strict() : Result<void>{}; }

  Result<void> finish() {
    auto drained = sorter_.drain([&](const TracedJob& job) {
      users_.insert(job.request.uid);
      first_s_ = first_s_ == 0 ? job.request.submit_s : first_s_;
      last_s_ = job.request.submit_s;
      return writer_.add(anonymizer_ ? anonymizer_->anonymous(job) : job);
    });
    if (!drained) return drained;
    progress_.wipe();
    fmt::print(stderr, "{}", bad_.report(kProgram, options_.file()));
    if (jobs_ == 0)
      return failure(
          ErrorCode::not_found,
          fmt::format(
              "{}: not written, there is no job to export, {}; see --cluster, --starttime and --endtime",
              options_.output, bad_.summary()));
    if (auto finished = writer_.finish(); !finished) return finished;
    progress_.wipe();
    std::error_code unknown;
    fmt::print("{}: {} jobs of {} users, {} to {}, {}, {:.1f} MiB, {:.1f} s\n", harmless(options_.output),
               with_commas(jobs_), with_commas(users_.size()), timestamp_text(first_s_),
               timestamp_text(last_s_), bad_.summary(),
               static_cast<double>(std::filesystem::file_size(options_.output, unknown)) / (1 << 20),
               progress_.seconds());
    return {};
  }

 private:
  static std::string directory_of(const std::string& path) {
    const std::string directory = std::filesystem::path(path).parent_path().string();
    return directory.empty() ? "." : directory;
  }

  const DatasetOptions& options_;
  DatasetWriter writer_;
  std::optional<Anonymizer> anonymizer_;
  JobSorter sorter_;
  Progress progress_;
  std::unordered_set<UserId> users_;
  std::uint64_t jobs_ = 0;
  BadRows bad_;
  UnixSeconds first_s_ = 0, last_s_ = 0;
};

/// Feeds what the reader says; take: one record.
template <class Reader, class Take>
Result<void> feed(Reader& reader, const Export& out, Take&& take) {
  while (true) {
    const auto record = reader.next();
    if (!record) return tl::make_unexpected(record.error());
    if (auto fine = out.check(); !fine) return fine;
    if (!*record) return {};
    if (auto taken = take(**record); !taken) return taken;
  }
}

/// A trace under the conventions of `evaluate`.
Result<void> feed_swf(const DatasetOptions& options, Export& out) {
  auto reader = open_swf(options.swf, [&](const BadLine& bad) { out.note(bad); });
  if (!reader) return tl::make_unexpected(reader.error());
  auto fed = feed(*reader, out, [&](const JobRecord& record) -> Result<void> {
    const auto job = counted_job(record, reader->header());
    if (!job) return out.leave_out(why_not_counted(record, reader->header()));
    return out.take(*job, reader->file().progress());
  });
  if (fed && reader->header().unix_start_s == 0)
    fmt::print(
        stderr,
        "{}: {}: no UnixStartTime in its header: its times count from 1970, and a job of its second 0 has "
        "no submission; add a line '; UnixStartTime: SECONDS'\n",
        kProgram, harmless(options.swf));
  return fed;
}

Result<void> feed_sacct(const DatasetOptions& options, Export& out) {
  auto reader = SacctReader::open(options.sacct, {options.delimiter, options.utc, ""},
                                  [&](const BadLine& bad) { out.note(bad); });
  if (!reader) return tl::make_unexpected(reader.error());
  return feed(*reader, out, [&](const JobRecord& record) {
    return out.take({record.request, record.usage}, reader->file().progress());
  });
}

Result<void> feed_store(const DatasetOptions& options, const std::string& cluster, Export& out) {
  auto db = Pg::connect(options.database);
  if (!db) return tl::make_unexpected(db.error());
  Result<void> taken;
  auto read = for_each_submitted_job(*db, cluster, options.from_s, options.to_s,
                                     [&](const JobRequest& requested, const JobUsage& used) {
                                       taken = out.take({requested, used}, 0);
                                       return taken.has_value();
                                     });
  return taken ? read : taken;
}

Result<void> feed_from(const DatasetOptions& options, const std::string& cluster, Export& out) {
  if (!options.swf.empty()) return feed_swf(options, out);
  if (!options.sacct.empty()) return feed_sacct(options, out);
  return feed_store(options, cluster, out);
}

Result<void> run(const DatasetOptions& options) {
  std::string source, cluster;
  if (!options.swf.empty()) {
    source = "swf " + std::filesystem::path(options.swf).filename().string();
  } else if (!options.sacct.empty()) {
    source = "sacct " + std::filesystem::path(options.sacct).filename().string();
  } else {
    IngestOptions whose;
    whose.cluster = options.cluster;
    const auto name = cluster_name(whose);
    if (!name) return tl::make_unexpected(name.error());
    cluster = *name;
    source = "store, cluster " + cluster;
  }
  std::optional<Anonymizer> anonymizer;
  if (options.anonymize) {
    anonymizer = Anonymizer::create();
    if (!anonymizer)
      return failure(ErrorCode::unavailable, "the system gives no random numbers for --anonymize");
    source = "anonymous";  // a file's name may be a site's
  }
  auto writer = DatasetWriter::create(
      options.output, {harmless(source), version_text(), SystemClock{}.now_s(), options.anonymize});
  if (!writer) return tl::make_unexpected(writer.error());
  Export out{options, std::move(*writer), anonymizer};
  if (auto fed = feed_from(options, cluster, out); !fed) return fed;
  return out.finish();
}

}  // namespace

int run_dataset(const Args& args) {
  const auto parsed = parse_options(command_line(), args);
  if (parsed.finished) return *parsed.finished;
  const auto options = read_options(parsed);
  if (!options) return report_usage(kProgram, options.error());
  if (const auto done = run(*options); !done) return report_failure(kProgram, done.error());
  return kDone;
}

}  // namespace foreshape

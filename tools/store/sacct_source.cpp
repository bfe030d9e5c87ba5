// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/store/sacct_source.h"

#include <fmt/format.h>
#include <random>

#include "tools/cli/child_process.h"

namespace foreshape {
namespace {

Result<void> read_all(SacctReader& reader, const SacctSource::OnJob& take) {
  while (true) {
    const auto job = reader.next();
    if (!job) return tl::make_unexpected(job.error());
    if (!*job) return {};
    if (auto taken = take(**job, reader.file().progress()); !taken) return taken;
  }
}

/// Nobody can have put this into a job's name: it is made anew for each call, since others see it among a
/// running program's words.
std::string new_delimiter() {
  std::random_device random;
  return fmt::format("\x1f{:08x}{:08x}\x1f", random(), random());
}

}  // namespace

SacctSource::SacctSource(std::string cluster) : cluster_(std::move(cluster)) {}

Result<void> SacctSource::read(const std::vector<std::string>& selection, const OnJob& job,
                               const SacctReader::OnBad& bad) const {
  const std::string delimiter = new_delimiter();
  // The job id once more at the end: a name with a line feed in it is then seen to go on.
  std::vector<std::string> words = {"sacct",
                                    "--allusers",
                                    "--duplicates",
                                    "--parsable2",
                                    "--noconvert",
                                    "--delimiter=" + delimiter,
                                    "--clusters=" + cluster_,
                                    "--format=" + std::string(sacct_format()) + ",JobID"};
  words.insert(words.end(), selection.begin(), selection.end());
  auto sacct = ChildProcess::start(
      words,
      {.output = ChildOutput::streamed, .environment = {{"SLURM_TIME_FORMAT", "%s"}, {"SACCT_FORMAT", ""}}});
  if (!sacct) return tl::make_unexpected(sacct.error());
  auto reader = SacctReader::open(sacct->output_path(), {delimiter, true, cluster_}, bad);
  if (!reader) return tl::make_unexpected(reader.error());
  if (auto taken = read_all(*reader, job); !taken) return taken;
  const auto end = sacct->finish();
  if (!end) return tl::make_unexpected(end.error());
  if (!end->is_success()) return failure(ErrorCode::unavailable, end->text("sacct"));
  return {};
}

Result<void> SacctSource::read_piece(UnixSeconds from_s, UnixSeconds to_s, const OnJob& job,
                                     const SacctReader::OnBad& bad) const {
  return read({fmt::format("--starttime=uts{}", from_s), fmt::format("--endtime=uts{}", to_s)}, job, bad);
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/job_stream.h"

#include <algorithm>

namespace foreshape {
namespace {

// A chunk of the file, so that the fewest are read twice.
constexpr std::size_t kBlock = kDatasetChunk;

std::uint64_t fingerprint(const DatasetReader& reader) {
  const std::array<std::int64_t, 4> words = {static_cast<std::int64_t>(reader.jobs()),
                                             reader.first_submit_s(), reader.last_submit_s(),
                                             reader.origin().made_s};
  return checksum(words.data(), sizeof words);
}

}  // namespace

JobStream::JobStream(DatasetReader& reader, Comm& comm) : reader_(reader), comm_(comm) {}

bool JobStream::same_file() {
  std::uint64_t first = fingerprint(reader_);
  const std::uint64_t mine = first;
  comm_.broadcast(std::as_writable_bytes(std::span{&first, 1}));
  return all_agree(comm_, first == mine);
}

Result<void> JobStream::read_block(std::uint64_t first, std::size_t jobs) {
  // Every rank's part is of the same size, so that they can be joined; the last ones may be short or empty.
  const std::size_t part = (jobs + comm_.ranks() - 1) / comm_.ranks();
  const std::size_t begin = std::min(part * comm_.rank(), jobs), end = std::min(begin + part, jobs);
  mine_.resize(part);
  auto read = reader_.read(first + begin, std::span{mine_}.first(end - begin));
  if (!all_agree(comm_, read.has_value()))
    return read ? failure(ErrorCode::unavailable, "another rank could not read its part of the data set")
                : read;
  block_.resize(part * comm_.ranks());
  comm_.gather(std::as_bytes(std::span{mine_}), std::as_writable_bytes(std::span{block_}));
  return {};
}

Result<void> JobStream::for_each(std::uint64_t jobs, const std::function<void(const TracedJob&)>& take,
                                 const std::function<bool()>& stop) {
  if (!same_file()) return failure(ErrorCode::invalid_input, "the ranks were given different data sets");
  UnixSeconds last_s = 0;
  for (std::uint64_t first = 0; first < jobs; first += kBlock) {
    if (!all_agree(comm_, !(stop && stop()))) {
      stopped_ = true;
      return {};
    }
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, jobs - first));
    if (auto read = read_block(first, count); !read) return read;
    for (const TracedJob& job : std::span{block_}.first(count)) {
      if (job.request.submit_s < last_s)
        return failure(ErrorCode::corrupt, "the data set is not in the order of submission");
      last_s = job.request.submit_s;
      take(job);
    }
  }
  return {};
}

Result<UnixSeconds> JobStream::for_each_before(std::uint64_t end,
                                               const std::function<void(const TracedJob&)>& take,
                                               const std::function<bool()>& stop,
                                               const std::function<void(std::uint64_t)>& progress) {
  std::uint64_t jobs = 0;
  UnixSeconds after_s = 0;
  auto read = for_each(
      std::min(end + 1, reader_.jobs()),
      [&](const TracedJob& job) {
        if (jobs++ < end)
          take(job);
        else
          after_s = job.request.submit_s;
        if (jobs % 1024 == 0) progress(jobs);
      },
      stop);
  if (!read) return tl::make_unexpected(read.error());
  return after_s;
}

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/dataset_file.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <unistd.h>
#include <utility>

#include "predictor/base/directory.h"
#include "predictor/base/file_draft.h"
#include "trainer/dataset_columns.h"
#include "trainer/hdf5_column.h"

namespace foreshape {
namespace {

using hdf5::append, hdf5::get_number, hdf5::get_text, hdf5::Handle, hdf5::put_number, hdf5::put_text,
    hdf5::read_rows, hdf5::reason;

hid_t native(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::int64:
      return H5T_NATIVE_INT64;
    case ColumnKind::uint32:
      return H5T_NATIVE_UINT32;
    case ColumnKind::uint8:
      return H5T_NATIVE_UINT8;
    case ColumnKind::float32:
      break;
  }
  return H5T_NATIVE_FLOAT;
}

Handle new_column(hid_t at, const char* name, hid_t type) {
  return hdf5::new_column(at, name, type, kDatasetChunk);
}

std::optional<std::uint64_t> rows_of(hid_t column, ColumnKind kind) {
  return hdf5::rows_of(column, kind == ColumnKind::float32 ? H5T_FLOAT : H5T_INTEGER, bytes_of(kind));
}

Error unavailable(const std::string& path, const char* step) {
  return {ErrorCode::unavailable, path + ": " + step + ": " + reason()};
}

}  // namespace

struct DatasetWriter::File {
  Descriptor directory;
  FileDraft draft;
  Handle file{}, jobs{}, users{}, uids{}, counts{};
  std::vector<Handle> columns{};
  std::vector<std::byte> buffer{};
};

DatasetWriter::DatasetWriter(std::string path, DatasetOrigin origin, std::unique_ptr<File> file)
    : path_(std::move(path)), origin_(std::move(origin)), file_(std::move(file)) {
  block_.reserve(kDatasetChunk);
}
DatasetWriter::DatasetWriter(DatasetWriter&&) noexcept = default;
DatasetWriter::~DatasetWriter() = default;

Result<DatasetWriter> DatasetWriter::create(const std::string& path, const DatasetOrigin& origin) {
  hdf5::be_quiet();
  auto directory = open_directory(directory_of(path));
  if (!directory) return tl::make_unexpected(about(path, directory.error()));
  // A history is nobody else's business.
  auto draft = FileDraft::create(directory->get(), path, 0600);
  if (!draft) return tl::make_unexpected(draft.error());
  auto file = std::make_unique<File>(File{std::move(*directory), std::move(*draft)});
  // HDF5 knows files by name only; by this one no link of somebody else can come between.
  file->file = {H5Fcreate(file->draft.own_path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose};
  if (!file->file.ok()) return tl::make_unexpected(unavailable(file->draft.text(), "cannot be made"));
  file->jobs = {H5Gcreate2(file->file.get(), "jobs", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose};
  file->users = {H5Gcreate2(file->file.get(), "users", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose};
  for (const DatasetColumn& column : dataset_columns()) {
    file->columns.push_back(new_column(file->jobs.get(), column.name, native(column.kind)));
    if (!file->columns.back().ok() || !put_text(file->columns.back().get(), "meaning", column.meaning))
      return tl::make_unexpected(unavailable(file->draft.text(), column.name));
  }
  file->buffer.resize(kDatasetChunk * 8);
  return DatasetWriter{path, origin, std::move(file)};
}

Result<void> DatasetWriter::add(const TracedJob& job) {
  const UnixSeconds now_s = job.request.submit_s;
  if (jobs_ + block_.size() > 0 && now_s < last_s_)
    return failure(ErrorCode::invalid_input, path_ + ": a job of " + std::to_string(now_s) +
                                                 " comes after one of " + std::to_string(last_s_));
  if (jobs_ + block_.size() == 0) first_s_ = now_s;
  last_s_ = now_s;
  ++users_[job.request.uid];
  block_.push_back(job);
  return block_.size() == kDatasetChunk ? write_block() : Result<void>{};
}

Result<void> DatasetWriter::write_block() {
  const auto columns = dataset_columns();
  for (std::size_t c = 0; c < columns.size(); ++c) {
    std::byte* to = file_->buffer.data();
    for (const TracedJob& job : block_) {
      columns[c].store(job, to);
      to += bytes_of(columns[c].kind);
    }
    if (!append(file_->columns[c].get(), native(columns[c].kind), jobs_, block_.size(), file_->buffer.data()))
      return tl::make_unexpected(unavailable(file_->draft.text(), "write"));
  }
  jobs_ += block_.size();
  block_.clear();
  return {};
}

Result<void> DatasetWriter::write_summary() {
  std::vector<std::uint32_t> uids;
  std::vector<std::uint64_t> counts;
  for (const auto& [uid, jobs] : users_) {
    uids.push_back(uid);
    counts.push_back(jobs);
  }
  const hid_t top = file_->file.get();
  file_->uids = new_column(file_->users.get(), "uid", H5T_NATIVE_UINT32);
  file_->counts = new_column(file_->users.get(), "jobs", H5T_NATIVE_UINT64);
  const bool written =
      append(file_->uids.get(), H5T_NATIVE_UINT32, 0, uids.size(), uids.data()) &&
      append(file_->counts.get(), H5T_NATIVE_UINT64, 0, counts.size(), counts.data()) &&
      put_text(top, "format", "foreshape jobs") && put_number(top, "schema", kDatasetSchema) &&
      put_number(top, "jobs", static_cast<std::int64_t>(jobs_)) &&
      put_number(top, "first_submit_s", first_s_) && put_number(top, "last_submit_s", last_s_) &&
      put_text(top, "source", origin_.source) && put_text(top, "revision", origin_.revision) &&
      put_number(top, "made_s", origin_.made_s) && put_number(top, "anonymous", origin_.anonymous);
  if (!written) return tl::make_unexpected(unavailable(file_->draft.text(), "write"));
  return {};
}

Result<void> DatasetWriter::finish() {
  if (!block_.empty())
    if (auto written = write_block(); !written) return written;
  if (auto written = write_summary(); !written) return written;
  bool closed = true;
  for (Handle& column : file_->columns) closed = column.reset() && closed;
  for (Handle* handle : {&file_->uids, &file_->counts, &file_->users, &file_->jobs, &file_->file})
    closed = handle->reset() && closed;
  if (!closed) return tl::make_unexpected(unavailable(file_->draft.text(), "close"));
  if (auto placed = file_->draft.put_in_place(); !placed) return placed;
  file_.reset();
  return {};
}

struct DatasetReader::File {
  Handle file;
  std::vector<Handle> columns;
};

DatasetReader::DatasetReader(std::string path, std::unique_ptr<File> file)
    : path_(std::move(path)), file_(std::move(file)) {}
DatasetReader::DatasetReader(DatasetReader&&) noexcept = default;
DatasetReader::~DatasetReader() = default;

Result<DatasetReader> DatasetReader::open(const std::string& path) {
  hdf5::be_quiet();
  if (::access(path.c_str(), R_OK) != 0)
    return failure(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
                   path + ": " + std::strerror(errno));
  auto file = std::make_unique<File>();
  file->file = {H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose};
  if (!file->file.ok()) return failure(ErrorCode::invalid_input, path + ": not an HDF5 file: " + reason());
  DatasetReader reader{path, std::move(file)};
  if (auto read = reader.read_header(); !read) return tl::make_unexpected(about(path, read.error()));
  if (auto read = reader.read_users(); !read) return tl::make_unexpected(about(path, read.error()));
  return reader;
}

Result<void> DatasetReader::read_header() {
  const hid_t top = file_->file.get();
  const auto schema = get_number(top, "schema"), jobs = get_number(top, "jobs");
  if (get_text(top, "format") != "foreshape jobs" || !schema || !jobs || *jobs < 0)
    return failure(ErrorCode::invalid_input, "not a data set of `foreshape dataset`");
  if (*schema != kDatasetSchema)
    return failure(ErrorCode::invalid_input, "schema " + std::to_string(*schema) +
                                                 ", but this program reads " +
                                                 std::to_string(kDatasetSchema) + ": export it again");
  jobs_ = static_cast<std::uint64_t>(*jobs);
  origin_ = {get_text(top, "source"), get_text(top, "revision"), get_number(top, "made_s").value_or(0),
             get_number(top, "anonymous").value_or(0) != 0};
  first_s_ = get_number(top, "first_submit_s").value_or(0);
  last_s_ = get_number(top, "last_submit_s").value_or(0);
  for (const DatasetColumn& column : dataset_columns()) {
    const std::string name = std::string("jobs/") + column.name;
    file_->columns.emplace_back(H5Dopen2(top, name.c_str(), H5P_DEFAULT), H5Dclose);
    const hid_t id = file_->columns.back().get();
    if (id < 0 || rows_of(id, column.kind) != jobs_)
      return failure(ErrorCode::corrupt,
                     "column " + name + " is missing, or not of the type and length said");
  }
  return {};
}

Result<void> DatasetReader::read_users() {
  const hid_t top = file_->file.get();
  const Handle uids{H5Dopen2(top, "users/uid", H5P_DEFAULT), H5Dclose};
  const Handle counts{H5Dopen2(top, "users/jobs", H5P_DEFAULT), H5Dclose};
  const auto rows = uids.ok() ? rows_of(uids.get(), ColumnKind::uint32) : std::nullopt;
  const bool fits = rows && *rows <= jobs_ && counts.ok() && rows_of(counts.get(), ColumnKind::int64) == rows;
  if (!fits) return failure(ErrorCode::corrupt, "the index of users is missing, or too long");
  std::vector<std::uint32_t> uid(*rows);
  std::vector<std::uint64_t> jobs(*rows);
  if (!uid.empty() && (!read_rows(uids.get(), H5T_NATIVE_UINT32, 0, uid.size(), uid.data()) ||
                       !read_rows(counts.get(), H5T_NATIVE_UINT64, 0, jobs.size(), jobs.data())))
    return failure(ErrorCode::corrupt, "the index of users: " + reason());
  for (std::size_t i = 0; i < uid.size(); ++i) users_.push_back({uid[i], jobs[i]});
  return {};
}

Result<void> DatasetReader::read(std::uint64_t first, std::span<TracedJob> out) {
  if (out.empty()) return {};
  buffer_.resize(out.size() * 8);
  const auto columns = dataset_columns();
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!read_rows(file_->columns[c].get(), native(columns[c].kind), first, out.size(), buffer_.data()))
      return failure(ErrorCode::corrupt, path_ + ": column " + columns[c].name + ": " + reason());
    const std::byte* from = buffer_.data();
    for (TracedJob& job : out) {
      columns[c].load(from, job);
      from += bytes_of(columns[c].kind);
    }
  }
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i].usage.state > JobState::requeued || out[i].request.submit_s < first_s_ ||
        out[i].request.submit_s > last_s_ || (i > 0 && out[i].request.submit_s < out[i - 1].request.submit_s))
      return failure(ErrorCode::corrupt, path_ + ": job " + std::to_string(first + i) +
                                             ": no such state, or not in order of time");
  return {};
}

}  // namespace foreshape

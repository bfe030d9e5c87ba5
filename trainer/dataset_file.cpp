#include "trainer/dataset_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <hdf5.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "predictor/base/text.h"
#include "trainer/dataset_columns.h"

namespace foreshape {
namespace {

using Close = herr_t (*)(hid_t);

/// An HDF5 handle that is closed when it goes.
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  ~Handle() { reset(); }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    reset();
    id_ = std::exchange(other.id_, -1);
    close_ = other.close_;
    return *this;
  }
  /// False where closing failed: the last bytes could not be written.
  bool reset() { return id_ < 0 || close_(std::exchange(id_, -1)) >= 0; }
  bool ok() const { return id_ >= 0; }
  hid_t get() const { return id_; }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

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

/// HDF5 prints a page of its own for each error, unless told not to.
void be_quiet() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

/// What HDF5 says of its last error, where it arose.
std::string reason() {
  std::string text;
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_UPWARD,
      [](unsigned depth, const H5E_error2_t* error, void* out) -> herr_t {
        if (depth == 0 && error->desc != nullptr) *static_cast<std::string*>(out) = error->desc;
        return 0;
      },
      &text);
  return text.empty() ? "HDF5 does not say why" : harmless(text);
}

Error unavailable(const std::string& path, const char* step) {
  return {ErrorCode::unavailable, path + ": " + step + ": " + reason()};
}

bool put_number(hid_t at, const char* name, std::int64_t value) {
  const Handle space{H5Screate(H5S_SCALAR), H5Sclose};
  const Handle attribute{H5Acreate2(at, name, H5T_STD_I64LE, space.get(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose};
  return attribute.ok() && H5Awrite(attribute.get(), H5T_NATIVE_INT64, &value) >= 0;
}

bool put_text(hid_t at, const char* name, const std::string& value) {
  const Handle type{H5Tcopy(H5T_C_S1), H5Tclose}, space{H5Screate(H5S_SCALAR), H5Sclose};
  H5Tset_size(type.get(), value.size() + 1);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  const Handle attribute{H5Acreate2(at, name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose};
  return attribute.ok() && H5Awrite(attribute.get(), type.get(), value.c_str()) >= 0;
}

std::optional<std::int64_t> get_number(hid_t at, const char* name) {
  const Handle attribute{H5Aopen(at, name, H5P_DEFAULT), H5Aclose};
  if (!attribute.ok()) return std::nullopt;
  const Handle space{H5Aget_space(attribute.get()), H5Sclose};
  std::int64_t value = 0;
  if (H5Sget_simple_extent_npoints(space.get()) != 1 ||
      H5Aread(attribute.get(), H5T_NATIVE_INT64, &value) < 0)
    return std::nullopt;
  return value;
}

/// Texts of ours are of fixed length; others, and long ones, are not read.
std::string get_text(hid_t at, const char* name) {
  constexpr std::size_t kMost = 4096;
  const Handle attribute{H5Aopen(at, name, H5P_DEFAULT), H5Aclose};
  if (!attribute.ok()) return "";
  const Handle type{H5Aget_type(attribute.get()), H5Tclose}, space{H5Aget_space(attribute.get()), H5Sclose};
  const std::size_t size = H5Tget_size(type.get());
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) != 0 || size > kMost ||
      H5Sget_simple_extent_npoints(space.get()) != 1)
    return "";
  std::string text(size, '\0');
  if (H5Aread(attribute.get(), type.get(), text.data()) < 0) return "";
  return harmless(text.c_str());
}

/// A growing column of numbers, in chunks with checksums, not compressed: hot data is read many times.
Handle new_column(hid_t at, const char* name, hid_t type) {
  const hsize_t none = 0, unlimited = H5S_UNLIMITED, chunk = kDatasetChunk;
  const Handle space{H5Screate_simple(1, &none, &unlimited), H5Sclose};
  const Handle settings{H5Pcreate(H5P_DATASET_CREATE), H5Pclose};
  H5Pset_chunk(settings.get(), 1, &chunk);
  H5Pset_fletcher32(settings.get());
  return {H5Dcreate2(at, name, type, space.get(), H5P_DEFAULT, settings.get(), H5P_DEFAULT), H5Dclose};
}

/// Appends rows after the first `before`.
bool append(hid_t column, hid_t type, std::uint64_t before, std::size_t rows, const void* values) {
  const hsize_t first = before, count = rows, all = before + rows;
  if (H5Dset_extent(column, &all) < 0) return false;
  const Handle space{H5Dget_space(column), H5Sclose}, memory{H5Screate_simple(1, &count, nullptr), H5Sclose};
  return H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &first, nullptr, &count, nullptr) >= 0 &&
         H5Dwrite(column, type, memory.get(), space.get(), H5P_DEFAULT, values) >= 0;
}

bool read_rows(hid_t column, hid_t type, std::uint64_t from, std::size_t rows, void* values) {
  const hsize_t first = from, count = rows;
  const Handle space{H5Dget_space(column), H5Sclose}, memory{H5Screate_simple(1, &count, nullptr), H5Sclose};
  return H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &first, nullptr, &count, nullptr) >= 0 &&
         H5Dread(column, type, memory.get(), space.get(), H5P_DEFAULT, values) >= 0;
}

/// A column's rows; nullopt where it is no column of numbers of that class.
std::optional<std::uint64_t> rows_of(hid_t column, ColumnKind kind) {
  const Handle type{H5Dget_type(column), H5Tclose}, space{H5Dget_space(column), H5Sclose};
  const H5T_class_t wanted = kind == ColumnKind::float32 ? H5T_FLOAT : H5T_INTEGER;
  if (H5Tget_class(type.get()) != wanted || H5Tget_size(type.get()) != bytes_of(kind) ||
      H5Sget_simple_extent_ndims(space.get()) != 1)
    return std::nullopt;
  return static_cast<std::uint64_t>(H5Sget_simple_extent_npoints(space.get()));
}

Result<void> sync(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  const int why = errno;
  if (file >= 0) ::close(file);
  if (!synced) return failure(ErrorCode::unavailable, path + ": fsync: " + std::strerror(why));
  return {};
}

}  // namespace

struct DatasetWriter::File {
  Handle file, jobs, users, uids, counts;
  std::vector<Handle> columns;
  std::string draft;
  std::vector<std::byte> buffer;
};

DatasetWriter::DatasetWriter(std::string path, DatasetOrigin origin, std::unique_ptr<File> file)
    : path_(std::move(path)), origin_(std::move(origin)), file_(std::move(file)) {
  block_.reserve(kDatasetChunk);
}
DatasetWriter::DatasetWriter(DatasetWriter&&) noexcept = default;
DatasetWriter::~DatasetWriter() {
  if (!file_) return;
  const std::string draft = file_->draft;
  file_.reset();
  ::unlink(draft.c_str());
}

Result<DatasetWriter> DatasetWriter::create(const std::string& path, const DatasetOrigin& origin) {
  be_quiet();
  auto file = std::make_unique<File>();
  file->draft = path + ".new";
  // HDF5 leaves the mode to the umask, but a history is nobody else's business.
  const mode_t umask_before = ::umask(077);
  ::unlink(file->draft.c_str());
  file->file = {H5Fcreate(file->draft.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT), H5Fclose};
  ::umask(umask_before);
  if (!file->file.ok()) {
    const int why = ::access(file->draft.c_str(), F_OK) == 0 ? 0 : errno;
    return failure(ErrorCode::unavailable,
                   file->draft + ": cannot be made: " + (why != 0 ? std::strerror(why) : reason().c_str()));
  }
  file->jobs = {H5Gcreate2(file->file.get(), "jobs", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose};
  file->users = {H5Gcreate2(file->file.get(), "users", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose};
  for (const DatasetColumn& column : dataset_columns()) {
    file->columns.push_back(new_column(file->jobs.get(), column.name, native(column.kind)));
    if (!file->columns.back().ok() || !put_text(file->columns.back().get(), "meaning", column.meaning))
      return tl::make_unexpected(unavailable(file->draft, column.name));
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
      return tl::make_unexpected(unavailable(file_->draft, "write"));
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
  if (!written) return tl::make_unexpected(unavailable(file_->draft, "write"));
  return {};
}

Result<void> DatasetWriter::finish() {
  if (!block_.empty())
    if (auto written = write_block(); !written) return written;
  if (auto written = write_summary(); !written) return written;
  const std::string draft = file_->draft;
  bool closed = true;
  for (Handle& column : file_->columns) closed = column.reset() && closed;
  for (Handle* handle : {&file_->uids, &file_->counts, &file_->users, &file_->jobs, &file_->file})
    closed = handle->reset() && closed;
  if (!closed) return tl::make_unexpected(unavailable(draft, "close"));
  if (auto synced = sync(draft); !synced) return synced;
  if (::rename(draft.c_str(), path_.c_str()) != 0)
    return failure(ErrorCode::unavailable, path_ + ": rename: " + std::strerror(errno));
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
  be_quiet();
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

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a data set needs of HDF5: handles that close themselves, attributes, and columns of numbers.
//
// Runs in: offline.
// Threads: one at a time; the library keeps its last error for itself.

#include <cstdint>
#include <hdf5.h>
#include <optional>
#include <string>
#include <utility>

namespace foreshape::hdf5 {

/// A handle that is closed when it goes.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

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

/// HDF5 prints a page of its own for each error, unless told not to.
void be_quiet();

/// What HDF5 says of its last error, where it arose.
std::string reason();

/// Attributes. False, nullopt, "" - it failed, or is of another kind.
bool put_number(hid_t at, const char* name, std::int64_t value);
bool put_text(hid_t at, const char* name, const std::string& value);
std::optional<std::int64_t> get_number(hid_t at, const char* name);
/// Texts of ours are of fixed length; others, and long ones, are not read.
std::string get_text(hid_t at, const char* name);

/// A growing column of numbers, in chunks of so many rows with checksums, not compressed: hot data is read
/// many times.
Handle new_column(hid_t at, const char* name, hid_t type, std::size_t chunk_rows);

/// Appends rows after the first `before`. False: see reason().
bool append(hid_t column, hid_t type, std::uint64_t before, std::size_t rows, const void* values);
bool read_rows(hid_t column, hid_t type, std::uint64_t from, std::size_t rows, void* values);

/// A column's rows; nullopt where it is no column of numbers of that class and size.
std::optional<std::uint64_t> rows_of(hid_t column, H5T_class_t wanted, std::size_t bytes);

}  // namespace foreshape::hdf5

// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/hdf5_column.h"

#include "predictor/base/text.h"

namespace foreshape::hdf5 {

void be_quiet() {
  // Before the library's first use: at the process's end it would write once more what a full disk refused,
  // and crash. What must be kept was closed before, by its handle.
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

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

std::string get_text(hid_t at, const char* name) {
  constexpr std::size_t kMax = 4096;
  const Handle attribute{H5Aopen(at, name, H5P_DEFAULT), H5Aclose};
  if (!attribute.ok()) return "";
  const Handle type{H5Aget_type(attribute.get()), H5Tclose}, space{H5Aget_space(attribute.get()), H5Sclose};
  const std::size_t size = H5Tget_size(type.get());
  if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) != 0 || size > kMax ||
      H5Sget_simple_extent_npoints(space.get()) != 1)
    return "";
  std::string text(size, '\0');
  if (H5Aread(attribute.get(), type.get(), text.data()) < 0) return "";
  return harmless(text.c_str());
}

Handle new_column(hid_t at, const char* name, hid_t type, std::size_t chunk_rows) {
  const hsize_t none = 0, unlimited = H5S_UNLIMITED, chunk = chunk_rows;
  const Handle space{H5Screate_simple(1, &none, &unlimited), H5Sclose};
  const Handle settings{H5Pcreate(H5P_DATASET_CREATE), H5Pclose};
  H5Pset_chunk(settings.get(), 1, &chunk);
  H5Pset_fletcher32(settings.get());
  return {H5Dcreate2(at, name, type, space.get(), H5P_DEFAULT, settings.get(), H5P_DEFAULT), H5Dclose};
}

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

std::optional<std::uint64_t> rows_of(hid_t column, H5T_class_t wanted, std::size_t bytes) {
  const Handle type{H5Dget_type(column), H5Tclose}, space{H5Dget_space(column), H5Sclose};
  if (H5Tget_class(type.get()) != wanted || H5Tget_size(type.get()) != bytes ||
      H5Sget_simple_extent_ndims(space.get()) != 1)
    return std::nullopt;
  return static_cast<std::uint64_t>(H5Sget_simple_extent_npoints(space.get()));
}

}  // namespace foreshape::hdf5

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What each fuzz target defines. Under libFuzzer (preset fuzz) its main calls test_one_input; elsewhere
// plain_main.cpp does, with seeds and mutations of them, so that every build runs the targets.
//
// Runs in: offline.
// Threads: one.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "predictor/base/descriptor.h"

namespace foreshape {

/// Inputs that are right, from which others are made, beside those in seeds/<target>: for formats that nobody types.
std::vector<std::string> fuzz_seeds();

/// Feeds any bytes to the code under test. Ends the process where a promise is broken.
void test_one_input(std::string_view input);

/// Ends the process with the promise that was broken.
inline void require(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

/// A file of these bytes that exists in memory only.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : file_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    require(::write(file_.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
            "memory is there");
    ::lseek(file_.get(), 0, SEEK_SET);
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }
  Descriptor take() { return std::move(file_); }

 private:
  Descriptor file_;
};

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// An open file's owner: closes it at the end of its life.
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: one owner at a time.

#include <unistd.h>
#include <utility>

namespace foreshape {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = other.release();
    }
    return *this;
  }

  /// Below 0: nothing is open.
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  /// The caller closes it from now on.
  int release() { return std::exchange(fd_, -1); }
  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/base/periodic_thread.h"

#include <csignal>
#include <pthread.h>
#include <utility>

namespace foreshape {
namespace {

/// Blocks all signals while it lives: threads that are made meanwhile inherit that.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

PeriodicThread::PeriodicThread(const char* name, std::function<void()> work,
                               std::function<Milliseconds()> pause) {
  const SignalsBlocked blocked;
  thread_ = std::thread([this, work = std::move(work), pause = std::move(pause)] { run(work, pause); });
  pthread_setname_np(thread_.native_handle(), name);
}

PeriodicThread::~PeriodicThread() {
  if (!stop(Milliseconds(0))) thread_.join();
}

bool PeriodicThread::stop(Milliseconds patience) {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    if (!changed_.wait_for(lock, patience, [this] { return ended_; })) return false;
  }
  if (thread_.joinable()) thread_.join();
  return true;
}

void PeriodicThread::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void PeriodicThread::run(const std::function<void()>& work, const std::function<Milliseconds()>& pause) {
  do work();
  while (wait(pause()));
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

bool PeriodicThread::wait(Milliseconds pause) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, pause, [this] { return stopping_ || woken_; });
  woken_ = false;
  return !stopping_;
}

}  // namespace foreshape

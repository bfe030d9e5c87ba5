// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A thread of ours inside slurmctld: does its work every so often until it is told to stop.
//
// Runs in: slurmctld.
// Threads: started and stopped by its owner; wake() from any thread.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace foreshape {

class PeriodicThread {
 public:
  using Milliseconds = std::chrono::milliseconds;

  /// name: at most 15 bytes, shown by ps -L. work runs on the thread, at once and then after each pause();
  /// neither may throw. All signals are blocked on the thread: they are slurmctld's.
  /// Throws std::system_error if there can be no thread.
  PeriodicThread(const char* name, std::function<void()> work, std::function<Milliseconds()> pause);

  /// Ends after the work at hand and joins, however long that takes.
  ~PeriodicThread();
  PeriodicThread(const PeriodicThread&) = delete;
  PeriodicThread& operator=(const PeriodicThread&) = delete;

  /// Has the thread end after the work at hand, and joins it. False if it is still at work after so long: it
  /// is then left to itself, and this object and all that the work uses must live as long as the process.
  bool stop(Milliseconds patience);

  /// The next pass begins now, or right after the one at hand.
  void wake();

 private:
  void run(const std::function<void()>& work, const std::function<Milliseconds()>& pause);
  bool wait(Milliseconds pause);

  std::mutex mutex_;  // guards the flags below
  std::condition_variable changed_;
  bool stopping_ = false, woken_ = false, ended_ = false;
  std::thread thread_;
};

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/base/periodic_thread.h"

#include <atomic>
#include <future>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

using namespace std::chrono_literals;

TEST(PeriodicThread, WorksAtOnceAndAgainWhenWoken) {
  std::atomic<int> passes{0};
  std::promise<void> first, second;
  PeriodicThread thread(
      "test",
      [&] {
        if (++passes == 1) first.set_value();
        if (passes == 2) second.set_value();
      },
      [] { return 1h; });
  first.get_future().wait();
  thread.wake();
  second.get_future().wait();
  EXPECT_TRUE(thread.stop(1min));
  EXPECT_EQ(passes, 2);
}

TEST(PeriodicThread, DoesNotWaitForeverForWorkThatHangs) {
  std::promise<void> begun, release;
  PeriodicThread thread(
      "test",
      [&] {
        begun.set_value();
        release.get_future().wait();
      },
      [] { return 1h; });
  begun.get_future().wait();
  EXPECT_FALSE(thread.stop(1ms));
  release.set_value();
  EXPECT_TRUE(thread.stop(1min));
}

}  // namespace
}  // namespace foreshape

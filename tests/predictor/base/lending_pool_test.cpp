// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/lending_pool.h"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace foreshape {
namespace {

TEST(LendingPool, LendsTheFirstFreeObjectAndNothingWhenAllAreTaken) {
  const LendingPool<std::vector<int>, 2> pool(std::size_t{3}, 7);
  auto a = pool.borrow();
  auto b = pool.borrow();
  ASSERT_TRUE(a && b);
  EXPECT_EQ(*a, std::vector<int>(3, 7));
  EXPECT_NE(&*a, &*b);
  EXPECT_FALSE(pool.borrow());
  const std::vector<int>* first = &*a;
  { const auto back = std::move(a); }
  EXPECT_EQ(&*pool.borrow(), first);
}

TEST(LendingPool, LendsAnObjectToOneThreadAtATime) {
  const LendingPool<int, 2> pool(0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i)
        if (const auto loan = pool.borrow()) ++*loan;  // a race if lent twice: ThreadSanitizer looks
    });
  for (std::thread& t : threads) t.join();
  const auto a = pool.borrow(), b = pool.borrow();
  EXPECT_GT(*a + *b, 0);
  EXPECT_LE(*a + *b, 4000);
}

}  // namespace
}  // namespace foreshape

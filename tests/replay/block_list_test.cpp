// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/block_list.h"

#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <set>

namespace foreshape {
namespace {

struct Sum {
  long sum = 0;
  void add(int v) { sum += v; }
};
using List = BlockList<int, Sum>;

std::vector<int> values_of(const List& list) {
  std::vector<int> values;
  list.look([](const Sum&) { return false; },
            [&](int v) {
              values.push_back(v);
              return true;
            });
  return values;
}

TEST(BlockList, IsASortedSetUnderAnySequenceOfChanges) {
  std::mt19937 random{1};  // NOLINT(cert-msc51-cpp): repeatable
  List list;
  std::set<int> want;
  for (int round = 0; round < 200; ++round) {
    const bool grow = round % 50 < 30;
    for (int i = 0; i < 40; ++i) {
      const int v = static_cast<int>(random() % 5'000);
      if (grow ? want.insert(v).second : want.erase(v) > 0) grow ? list.insert(v) : list.erase(v);
    }
    const int divisor = 2 + static_cast<int>(random() % 20);
    if (round % 7 == 0) {  // a scan that takes some out and stops somewhere
      const int stop = static_cast<int>(random() % 5'000);
      list.scan([](const Sum&) { return false; },
                [&](int v) {
                  if (v >= stop) return List::ScanVerdict::stop;
                  return v % divisor == 0 ? List::ScanVerdict::erase : List::ScanVerdict::keep;
                });
      std::erase_if(want, [&](int v) { return v < stop && v % divisor == 0; });
    }
    ASSERT_EQ(values_of(list), std::vector<int>(want.begin(), want.end()));
    ASSERT_EQ(list.size(), want.size());
    long sum = 0;  // all blocks are passed over, each with its sum
    list.look(
        [&](const Sum& s) {
          sum += s.sum;
          return true;
        },
        [](int) { return true; });
    ASSERT_EQ(sum, std::accumulate(want.begin(), want.end(), 0L));
  }
}

}  // namespace
}  // namespace foreshape

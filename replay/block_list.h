// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A sorted sequence kept in small blocks, each with a summary: what a scheduling pass scans.
// A pass over thousands of waiting jobs then looks at a few dozen summaries and the blocks that may hold
// a job that fits, instead of at every job.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <memory>
#include <vector>

namespace foreshape {

/// Entry: trivially copyable, ordered by operator<, no two equal.
/// Summary: default-constructed for "no entries", with add(const Entry&).
template <class Entry, class Summary>
class BlockList {
  // 64 entries of 32 bytes: half a page, a scan of some 50 ns.
  static constexpr std::size_t kBlockEntries = 64;

  struct Block {
    std::size_t size = 0;
    std::array<Entry, kBlockEntries> entries;
  };

 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const Entry& front() const { return blocks_.front()->entries[0]; }

  void insert(const Entry& entry) {
    if (blocks_.empty()) {
      blocks_.push_back(std::make_unique<Block>());
      summaries_.emplace_back();
    }
    // A new block has no last entry to be compared with.
    std::size_t b = size_ == 0 ? 0 : std::min(block_of(entry), blocks_.size() - 1);
    if (blocks_[b]->size == kBlockEntries) {
      split(b);
      if (blocks_[b]->entries[blocks_[b]->size - 1] < entry) ++b;
    }
    Block& block = *blocks_[b];
    Entry* const end = block.entries.data() + block.size;
    Entry* const at = std::lower_bound(block.entries.data(), end, entry);
    std::move_backward(at, end, end + 1);
    *at = entry;
    ++block.size;
    ++size_;
    summaries_[b].add(entry);
  }

  /// The entry must be there.
  void erase(const Entry& entry) {
    const std::size_t b = block_of(entry);
    assert(b < blocks_.size());
    Block& block = *blocks_[b];
    Entry* const end = block.entries.data() + block.size;
    Entry* const at = std::lower_bound(block.entries.data(), end, entry);
    assert(at != end && !(entry < *at));
    std::move(at + 1, end, at);
    --block.size;
    --size_;
    tidy(b);
  }

  enum class ScanVerdict { keep, erase, stop };

  /// Visits the entries in order, passing over blocks for which skip(summary) holds. take(entry) says
  /// what becomes of it; after stop nothing more is visited (and the entry is kept).
  template <class Skip, class Take>
  void scan(Skip&& skip, Take&& take) {
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      if (skip(static_cast<const Summary&>(summaries_[b]))) continue;
      Block& block = *blocks_[b];
      std::size_t kept = 0, i = 0;
      bool stopped = false;
      for (; i < block.size && !stopped; ++i) {
        const Entry entry = block.entries[i];
        const ScanVerdict step = take(entry);
        stopped = step == ScanVerdict::stop;
        if (step != ScanVerdict::erase) block.entries[kept++] = entry;
      }
      if (kept != i) {
        while (i < block.size) block.entries[kept++] = block.entries[i++];
        size_ -= block.size - kept;
        block.size = kept;
        if (tidy(b)) --b;  // what followed has moved here
      }
      if (stopped) return;
    }
  }

  /// The same without changes; take returns false to stop.
  template <class Skip, class Take>
  void look(Skip&& skip, Take&& take) const {
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      if (skip(summaries_[b])) continue;
      const Block& block = *blocks_[b];
      for (std::size_t i = 0; i < block.size; ++i)
        if (!take(block.entries[i])) return;
    }
  }

 private:
  /// The first block whose last entry is not before this one.
  std::size_t block_of(const Entry& entry) const {
    const auto at = std::lower_bound(
        blocks_.begin(), blocks_.end(), entry,
        [](const std::unique_ptr<Block>& b, const Entry& e) { return b->entries[b->size - 1] < e; });
    return static_cast<std::size_t>(at - blocks_.begin());
  }

  void summarise(std::size_t b) {
    Summary summary;
    for (std::size_t i = 0; i < blocks_[b]->size; ++i) summary.add(blocks_[b]->entries[i]);
    summaries_[b] = summary;
  }

  void drop(std::size_t b) {
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(b));
    summaries_.erase(summaries_.begin() + static_cast<std::ptrdiff_t>(b));
  }

  void split(std::size_t b) {
    auto upper = std::make_unique<Block>();
    Block& lower = *blocks_[b];
    constexpr std::size_t kHalf = kBlockEntries / 2;
    std::copy(lower.entries.begin() + kHalf, lower.entries.end(), upper->entries.begin());
    lower.size = kHalf;
    upper->size = kBlockEntries - kHalf;
    blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(b) + 1, std::move(upper));
    summaries_.insert(summaries_.begin() + static_cast<std::ptrdiff_t>(b) + 1, Summary{});
    summarise(b);
    summarise(b + 1);
  }

  /// After entries went: drops an empty block, moves few entries into the block before; true if block b
  /// is gone then.
  bool tidy(std::size_t b) {
    Block& block = *blocks_[b];
    const bool joins = b > 0 && blocks_[b - 1]->size + block.size <= kBlockEntries / 2;
    if (!joins && block.size > 0) {
      summarise(b);
      return false;
    }
    if (joins) {
      Block& before = *blocks_[b - 1];
      std::copy_n(block.entries.begin(), block.size,
                  before.entries.begin() + static_cast<std::ptrdiff_t>(before.size));
      before.size += block.size;
      summarise(b - 1);
    }
    drop(b);
    return true;
  }

  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<Summary> summaries_;  // one for each block
  std::size_t size_ = 0;
};

}  // namespace foreshape

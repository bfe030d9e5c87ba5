// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/sacct_texts.h"

#include <algorithm>
#include <array>
#include <optional>

#include "predictor/base/memory_mark.h"
#include "predictor/base/token_tag.h"
#include "predictor/base/trial_mark.h"

namespace foreshape {
namespace {

using C = SacctColumn;
using Pieces = std::vector<std::string_view>;

constexpr std::size_t kTextsMax = 4;     // columns that are told apart
constexpr std::size_t kPiecesMax = 160;  // four forged rows
constexpr std::size_t kCutsMax = 5'000;
constexpr std::size_t kBeginningBytes = 4'096;  // of a submit line, in which its options and program stand

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool begins_with_word(std::string_view text, std::string_view word) {
  return !word.empty() && text.starts_with(word) && (text.size() == word.size() || text[word.size()] == ' ');
}

/// "sbatch -J NAME x.sh": the submit line keeps no quotes, so the name is what it would have to begin with.
bool is_named(std::string_view submit_line, std::string_view name) {
  for (const std::string_view option : {" --job-name=", " --job-name ", " -J ", " -J"})
    for (std::size_t at = 0; (at = submit_line.find(option, at)) != submit_line.npos; at += option.size())
      if (begins_with_word(submit_line.substr(at + option.size()), name)) return true;
  return false;
}

/// The name that Slurm takes from the script or the command.
bool is_named_by_default(std::string_view submit_line, std::string_view name) {
  if (name == "wrap" && submit_line.find(" --wrap") != submit_line.npos) return true;
  for (std::size_t at = 0; (at = submit_line.find(' ', at)) != submit_line.npos;) {
    const std::string_view rest = submit_line.substr(++at);
    if (last_part(rest.substr(0, rest.find(' '))) == name) return true;
  }
  return false;
}

bool is_submit_program(std::string_view submit_line) {
  const std::string_view program = last_part(submit_line.substr(0, submit_line.find(' ')));
  return program == "sbatch" || program == "srun" || program == "salloc" || program == "scrun";
}

/// One way to cut: each text column's begin among the pieces; the last one's end is that of all.
struct Cut {
  std::array<std::size_t, kTextsMax> begin{};
  int score = 0;
};

class Cutter {
 public:
  Cutter(const SacctLayout& layout, const Pieces& pieces, std::size_t columns)
      : layout_(layout), pieces_(pieces), columns_(columns) {}

  /// The best ways to cut, in no order; none where there are too many to try.
  std::vector<Cut> best() {
    has_program_ = std::any_of(pieces_.begin(), pieces_.end(), is_submit_program);
    Cut cut;
    place(cut, 1);
    return tried_ > kCutsMax ? std::vector<Cut>{} : std::move(best_);
  }

  std::string_view text(const Cut& cut, std::size_t column) const {
    const std::size_t end = column + 1 < columns_ ? cut.begin[column + 1] : pieces_.size();
    const char* from = pieces_[cut.begin[column]].data();
    const std::string_view last = pieces_[end - 1];
    return {from, static_cast<std::size_t>(last.data() + last.size() - from)};
  }
  std::string_view text(const Cut& cut, C which) const {
    for (std::size_t i = 0; i < columns_; ++i)
      if (layout_.column_at(layout_.texts().begin + i) == which) return text(cut, i);
    return {};
  }

 private:
  void place(Cut& cut, std::size_t column) {
    if (tried_ > kCutsMax) return;
    if (column == columns_) return keep(cut);
    const bool is_line = layout_.column_at(layout_.texts().begin + column) == C::submit_line;
    for (std::size_t at = cut.begin[column - 1] + 1; at + (columns_ - column) <= pieces_.size(); ++at) {
      if (is_line && has_program_ && !is_submit_program(pieces_[at])) continue;
      cut.begin[column] = at;
      place(cut, column + 1);
    }
  }

  void keep(Cut cut) {
    if (++tried_ > kCutsMax) return;
    cut.score = score(cut);
    if (!best_.empty() && cut.score < best_.front().score) return;
    if (!best_.empty() && cut.score > best_.front().score) best_.clear();
    best_.push_back(cut);
  }

  int score(const Cut& cut) const {
    const std::string_view line = text(cut, C::submit_line).substr(0, kBeginningBytes);
    const std::string_view name = text(cut, C::job_name);
    const std::string_view comment = text(cut, C::admin_comment);
    int points = is_submit_program(line) ? 16 : line.empty() ? 8 : 0;
    if (!name.empty()) points += is_named(line, name) ? 6 : is_named_by_default(line, name) ? 4 : 2;
    const bool is_json = comment.size() > 1 && comment.front() == '{' && comment.back() == '}';
    if (is_json || is_tag(comment))
      points += 2;
    else if (comment.empty())
      points += 1;
    return points;
  }

  /// "foreshape=<16 digits>" and nothing else, but for the mark of a job whose memory was shaped.
  static bool is_tag(std::string_view comment) {
    constexpr std::size_t kTagBytes = 26;
    return comment.starts_with("foreshape=") && tagged_token(comment) != 0 &&
           (comment.size() == kTagBytes || memory_mark(comment) || trial_mark(comment));
  }

  const SacctLayout& layout_;
  const Pieces& pieces_;
  std::size_t columns_;
  bool has_program_ = false;
  std::size_t tried_ = 0;
  std::vector<Cut> best_;
};

/// The fields left of the texts, these texts, and the fields right of them.
void put(const SacctLayout& layout, const Pieces& texts, Pieces& fields) {
  const auto at = layout.texts();
  const std::size_t right = layout.columns() - at.end;
  Pieces whole(fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(at.begin));
  whole.insert(whole.end(), texts.begin(), texts.end());
  whole.insert(whole.end(), fields.end() - static_cast<std::ptrdiff_t>(right), fields.end());
  fields = std::move(whole);
}

bool all_known(const SacctLayout& layout) {
  const auto at = layout.texts();
  if (at.size() > kTextsMax) return false;
  for (std::size_t i = at.begin; i < at.end; ++i) {
    const auto column = layout.column_at(i);
    if (column != C::work_dir && column != C::admin_comment && column != C::submit_line &&
        column != C::job_name)
      return false;
  }
  return true;
}

SettledTexts cut_apart(const SacctLayout& layout, Pieces& fields) {
  const auto at = layout.texts();
  const std::size_t pieces_end = fields.size() - (layout.columns() - at.end);
  const Pieces pieces(fields.begin() + static_cast<std::ptrdiff_t>(at.begin),
                      fields.begin() + static_cast<std::ptrdiff_t>(pieces_end));
  SettledTexts settled{.is_whole = true};
  Pieces texts(at.size());
  if (all_known(layout) && pieces.size() <= kPiecesMax) {
    Cutter cutter(layout, pieces, at.size());
    const std::vector<Cut> best = cutter.best();
    settled.is_sure = !best.empty();
    for (std::size_t i = 0; !best.empty() && i < texts.size(); ++i) {
      texts[i] = cutter.text(best.front(), i);
      const bool agreed = std::all_of(best.begin(), best.end(),
                                      [&](const Cut& cut) { return cutter.text(cut, i) == texts[i]; });
      if (!agreed) texts[i] = {};
      settled.is_sure &= agreed;
    }
    const Cut first = best.empty() ? Cut{} : best.front();
    const std::string_view line =
        settled.is_sure ? cutter.text(first, C::submit_line).substr(0, kBeginningBytes) : std::string_view{};
    const std::string_view name = settled.is_sure ? cutter.text(first, C::job_name) : std::string_view{};
    settled.name_is_given = settled.is_sure && is_named(line, name);
    settled.name_agrees = settled.name_is_given || (settled.is_sure && is_named_by_default(line, name));
  }
  put(layout, texts, fields);
  return settled;
}

}  // namespace

SettledTexts settle_texts(const SacctLayout& layout, std::string_view row, Pieces& fields) {
  const auto at = layout.texts();
  const bool is_whole = fields.size() >= layout.columns();
  if (is_whole && (at.size() != 1 || row.find('\n') == row.npos)) {
    if (at.size() > 1) return cut_apart(layout, fields);
    if (at.size() == 0) return {.is_whole = true, .is_sure = fields.size() == layout.columns()};
  }
  if (fields.size() < at.begin || at.size() == 0) return {};
  if (!is_whole) {
    // What is there of the texts may be parts of them, and what is right of them is not there.
    fields.resize(at.begin);
    fields.resize(layout.columns());
    return {};
  }
  // A single text: it is all that the other columns leave, unless the lines that follow are none of it.
  const std::size_t end = fields.size() - (layout.columns() - at.end);
  const char* from = fields[at.begin].data();
  const std::string_view last = fields[end - 1];
  const std::string_view text{from, static_cast<std::size_t>(last.data() + last.size() - from)};
  const bool is_sure = text.find('\n') == text.npos || at.end < layout.columns();
  put(layout, {is_sure ? text : std::string_view{}}, fields);
  return {.is_whole = true, .is_sure = is_sure};
}

}  // namespace foreshape

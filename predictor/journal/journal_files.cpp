// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/journal/journal_files.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <system_error>

#include "predictor/base/file.h"

namespace foreshape {
namespace {

constexpr std::size_t kDigits = 20;
constexpr std::string_view kSuffix = ".fsj";
constexpr const char* kIngestedName = "/ingested";

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (problem != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> sequence_of(const std::string& name) {
  if (name.size() != kDigits + kSuffix.size() || name.substr(kDigits) != kSuffix) return std::nullopt;
  return number(std::string_view(name).substr(0, kDigits));
}

}  // namespace

std::string journal_file_name(std::uint64_t first_sequence) {
  return fmt::format("{:0{}}{}", first_sequence, kDigits, kSuffix);
}

Result<std::vector<JournalFile>> list_journal_files(const std::string& directory) {
  std::error_code problem;
  std::vector<JournalFile> files;
  std::filesystem::directory_iterator entry(directory, problem);
  for (; !problem && entry != std::filesystem::directory_iterator(); entry.increment(problem)) {
    const std::string name = entry->path().filename().string();
    const auto sequence = sequence_of(name);
    std::error_code gone;  // deleted meanwhile, or not a file: not the journal's
    if (!sequence || entry->symlink_status(gone).type() != std::filesystem::file_type::regular) continue;
    const auto bytes = entry->file_size(gone);
    if (!gone) files.push_back({*sequence, name, static_cast<std::int64_t>(bytes)});
  }
  if (problem) {
    const bool missing = problem == std::errc::no_such_file_or_directory;
    return failure(missing ? ErrorCode::not_found : ErrorCode::unavailable,
                   directory + ": " + problem.message());
  }
  std::sort(files.begin(), files.end(),
            [](const JournalFile& a, const JournalFile& b) { return a.first_sequence < b.first_sequence; });
  return files;
}

Result<std::uint64_t> read_ingested(const std::string& directory) {
  constexpr std::size_t kMaxBytes = 64;
  const std::string path = directory + kIngestedName;
  const auto text = read_file(path, kMaxBytes);
  if (!text && text.error().code == ErrorCode::not_found) return 0;
  if (!text) return tl::make_unexpected(text.error());
  const auto value = number(std::string_view(*text).substr(0, text->find('\n')));
  if (!value) return failure(ErrorCode::corrupt, path + ": holds no sequence number");
  return *value;
}

Result<void> write_ingested(const std::string& directory, std::uint64_t sequence) {
  return replace_file(directory + kIngestedName, fmt::format("{}\n", sequence),
                      0644);  // ingest may be root, slurmctld reads it
}

}  // namespace foreshape

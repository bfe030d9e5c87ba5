// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/text_file.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <zlib.h>

namespace foreshape {
namespace {

class TextFileTest : public testing::Test {
 protected:
  TextFileTest() {
    std::string name = testing::TempDir() + "foreshape_text_XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~TextFileTest() override { std::filesystem::remove_all(directory_); }

  std::string plain(const std::string& bytes) const {
    std::ofstream(directory_ + "/plain", std::ios::binary) << bytes;
    return directory_ + "/plain";
  }
  std::string gzipped(const std::string& bytes) const {
    std::string path = directory_ + "/text.gz";
    gzFile gz = gzopen(path.c_str(), "wb");
    gzwrite(gz, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(gz);
    return path;
  }

  std::string directory_;
};

std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  auto file = TextFile::open(path);
  if (!file) return {file.error().message};
  while (true) {
    const auto line = file->next();
    if (!line) return {line.error().message};
    if (!*line) return lines;
    EXPECT_EQ((*line)->number, lines.size() + 1);
    lines.emplace_back((*line)->text);
  }
}

TEST_F(TextFileTest, GivesEveryLineOfPlainAndCompressedFiles) {
  const std::string long_line(600'000, 'x');  // longer than the buffer
  const struct {
    const char* why;
    std::string bytes;
    std::vector<std::string> want;
  } cases[] = {
      {"empty file", "", {}},
      {"last line without an end", "a\nb", {"a", "b"}},
      {"empty lines and CR LF", "\n\r\na\r\n", {"", "", "a"}},
      {"a NUL is a byte like others", std::string("a\0b\n", 4), {std::string("a\0b", 3)}},
      {"lines over several buffers", long_line + "\n" + long_line + "\nend", {long_line, long_line, "end"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(lines_of(plain(c.bytes)), c.want);
    EXPECT_EQ(lines_of(gzipped(c.bytes)), c.want);
  }
}

TEST_F(TextFileTest, CutsALineThatNeverEnds) {
  auto file = TextFile::open(plain(std::string(3 * TextFile::kMaxLineBytes, 'x').append("\nnext\n")));
  ASSERT_TRUE(file);
  const auto first = file->next();
  EXPECT_TRUE((*first)->cut);
  EXPECT_EQ((*first)->text.size(), TextFile::kMaxLineBytes);
  const auto second = file->next();
  EXPECT_FALSE((*second)->cut);
  EXPECT_EQ((*second)->text, "next");
}

TEST_F(TextFileTest, SaysThatACompressedFileIsDamaged) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919) + "\n";
  const std::string path = gzipped(text);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const auto cut = lines_of(path);
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_NE(cut[0].find("cut off after line"), std::string::npos) << cut[0];

  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(1000).write("damage", 6);
  EXPECT_EQ(lines_of(path).size(), 1U);
}

TEST_F(TextFileTest, NamesTheFileThatItCannotOpen) {
  EXPECT_EQ(TextFile::open(directory_ + "/none").error().code, ErrorCode::not_found);
  EXPECT_EQ(TextFile::open(directory_).error().code, ErrorCode::invalid_input);
  EXPECT_NE(TextFile::open(directory_).error().message.find(directory_), std::string::npos);
}

}  // namespace
}  // namespace foreshape

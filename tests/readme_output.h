// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the README shows of a program's output: between <!-- OUTPUT: name --> and <!-- END OUTPUT -->.
//
// Runs in: tests.
// Threads: plain functions.

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace foreshape::test {

struct ReadmeOutput {
  std::vector<std::string> words;  ///< of the command after the prompt; quotes are not understood
  std::string text;                ///< the lines below it, without the README's indentation
};

/// root: of the source tree. No words: the README has no such output.
inline ReadmeOutput readme_output(const std::string& root, const std::string& name) {
  ReadmeOutput output;
  std::ifstream readme(root + "/README.md");
  const std::string indentation = "    ", prompt = indentation + "$ ";
  bool is_inside = false;
  for (std::string line; std::getline(readme, line);) {
    if (line == "<!-- OUTPUT: " + name + " -->") is_inside = true;
    if (line == "<!-- END OUTPUT -->") is_inside = false;
    if (!is_inside || !line.starts_with(indentation)) continue;
    if (line.starts_with(prompt)) {
      std::istringstream words(line.substr(prompt.size()));
      for (std::string word; words >> word;) output.words.push_back(word);
    } else {
      output.text += line.substr(indentation.size()) + '\n';
    }
  }
  return output;
}

/// Without spaces at the ends of lines, which a README can't keep.
inline std::string without_trailing_spaces(const std::string& text) {
  std::istringstream lines(text);
  std::string trimmed;
  for (std::string line; std::getline(lines, line);)
    trimmed += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  return trimmed;
}

/// All on one line: the README breaks long ones.
inline std::string on_one_line(const std::string& text) {
  std::istringstream words(text);
  std::string line;
  for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

}  // namespace foreshape::test

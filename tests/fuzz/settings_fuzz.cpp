// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/config/settings.h"
#include "tests/fuzz/fuzz_target.h"

namespace foreshape {

std::vector<std::string> fuzz_seeds() {
  return {format_settings(Settings{}),
          "Order=on OrderMaxOffset=2-12:00 # comment\nHoldUsers=carol,dave \\\nHold=on\n",
          "Partition=a,b Mode=off Memory=advise\nQOS=\"x\" Io=advise\nAccount=y RunTime=off\n",
          "StateDir=\"/a b#c\" JournalFileSize=1M HoldIdleCap=0.7 HoldPoolShare=7%\r\n"};
}

void test_one_input(std::string_view input) {
  const auto settings = parse_settings(input, "f");
  if (!settings) {
    require(settings.error().message.substr(0, 2) == "f:", "an error names the file");
    return;
  }
  const std::string text = format_settings(*settings);
  const auto again = parse_settings(text, "f");
  require(again.has_value(), "what is printed can be read");
  require(format_settings(*again) == text, "what is read is what was printed");
}

}  // namespace foreshape

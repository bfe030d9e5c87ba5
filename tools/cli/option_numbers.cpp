// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/option_numbers.h"

#include <cstdint>
#include <fmt/format.h>
#include <memory>

#include "predictor/base/text.h"

namespace foreshape {
namespace {

namespace po = boost::program_options;

bool takes_no_sign(const po::option_description& option) {
  const po::value_semantic* value = option.semantic().get();
  return dynamic_cast<const po::typed_value<std::uint32_t>*>(value) != nullptr ||
         dynamic_cast<const po::typed_value<std::uint64_t>*>(value) != nullptr;
}

}  // namespace

std::string negative_number(const po::parsed_options& parsed, const po::options_description& known) {
  for (const po::option& given : parsed.options) {
    if (given.string_key.empty() || given.value.empty() || !given.value.front().starts_with('-')) continue;
    const po::option_description* option = known.find_nothrow(given.string_key, false);
    if (option != nullptr && takes_no_sign(*option))
      return fmt::format("--{}: '{}' is below 0", option->long_name(), harmless(given.value.front()));
  }
  return {};
}

}  // namespace foreshape

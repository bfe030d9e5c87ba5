// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/plugin_status.h"

#include <nlohmann/json.hpp>

#include "predictor/base/file.h"

namespace foreshape {

Result<nlohmann::json> load_status(const std::string& path) {
  constexpr std::size_t kMaxBytes = 8U << 20;
  const auto text = read_file(path, kMaxBytes);
  if (!text && text.error().code == ErrorCode::not_found)
    return failure(ErrorCode::not_found,
                   path +
                       ": there is none; either slurmctld has not run with JobSubmitPlugins="
                       "foreshape, or its foreshape.conf says another StateDir (--conf)");
  if (!text) return tl::make_unexpected(text.error());
  auto status = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!status.is_object()) return failure(ErrorCode::corrupt, path + ": not a JSON object");
  return status;
}

}  // namespace foreshape

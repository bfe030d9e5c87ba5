// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/model/model_store.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fmt/chrono.h>
#include <sys/file.h>
#include <unistd.h>

#include "predictor/base/descriptor.h"
#include "predictor/base/directory.h"
#include "predictor/model/model_file.h"
#include "tools/cli/owned_file.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMode = 0600;  // it says of users how their jobs go
constexpr std::string_view kEnding = ".fsm", kUndone = ".undone.fsm";

/// The directory of former models, made where it is missing, and nobody else at work in it. Root works in it
/// by this descriptor only: its owner may put a link in its place meanwhile.
Result<Descriptor> lock(const ModelPlaces& places) {
  auto opened = open_owned_directory(places.former);
  if (!opened) return opened;
  if (::flock(opened->get(), LOCK_EX | LOCK_NB) != 0)
    return failure(ErrorCode::busy,
                   places.former + ": another foreshape model command is running; try again");
  return opened;
}

void remove_former(const Descriptor& directory, const std::string& path) {
  ::unlinkat(directory.get(), last_name(path).c_str(), 0);  // what can't be deleted now goes the next time
}

/// True also for what we may not look at: reading it then says why.
bool is_there(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error) || error == std::errc::permission_denied;
}

std::string name_of(std::uint64_t checksum, std::string_view ending) {
  using namespace std::chrono;
  const auto now = system_clock::now().time_since_epoch();
  const auto ms = duration_cast<milliseconds>(now).count();
  return fmt::format("{:%Y%m%dT%H%M%S}.{:03}Z-{:016x}{}", fmt::gmtime(static_cast<std::time_t>(ms / 1000)),
                     ms % 1000, checksum, ending);
}

std::vector<std::string> former_paths(const ModelPlaces& places) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(places.former, error))
    if (const std::string path = entry.path(); path.ends_with(kEnding)) paths.push_back(path);
  std::ranges::sort(paths, std::greater{});  // names begin with the time
  return paths;
}

StoredModel stored(const std::string& path, ModelPlace place) {
  StoredModel out{.place = place, .path = path, .checksum = 0, .card = {}, .error = {}};
  auto model = read_model(path);
  if (!model) {
    out.error = model.error().message;
    return out;
  }
  out.checksum = model->checksum;
  out.card = std::move(model->card);
  return out;
}

/// Keeps what is in force among the former ones; what can't be read is not kept.
Result<std::uint64_t> keep_former(const ModelPlaces& places, const Descriptor& directory,
                                  std::string_view ending) {
  const auto bytes = read_file(places.in_force, kMaxModelBytes);
  if (!bytes) return 0;
  const auto model = parse_model(*bytes);
  if (!model) return 0;
  const std::string path = places.former + "/" + name_of(model->checksum, ending);
  if (auto kept = replace_owned_file_at(directory.get(), path, *bytes, kMode, places.owner); !kept)
    return tl::make_unexpected(kept.error());
  return model->checksum;
}

void prune(const ModelPlaces& places, const Descriptor& directory) {
  const auto paths = former_paths(places);
  for (std::size_t i = kKeptModels; i < paths.size(); ++i) remove_former(directory, paths[i]);
}

Result<ModelChange> put_in_force(const ModelPlaces& places, const Descriptor& directory,
                                 const std::string& bytes, std::uint64_t checksum, std::string_view ending) {
  const auto before = keep_former(places, directory, ending);
  if (!before) return tl::make_unexpected(before.error());
  if (auto written = replace_owned_file(places.in_force, bytes, kMode, places.owner); !written)
    return tl::make_unexpected(written.error());
  prune(places, directory);
  return ModelChange{checksum, *before, true};
}

/// Before the first model there was the kernel.
Result<ModelChange> back_to_kernel(const ModelPlaces& places, const Descriptor& directory,
                                   std::uint64_t before, bool dry_run) {
  if (!is_there(places.in_force))
    return failure(ErrorCode::not_found, places.in_force + ": there is no model in force to go back from");
  if (dry_run) return ModelChange{0, before, false};
  if (const auto kept = keep_former(places, directory, kUndone); !kept)
    return tl::make_unexpected(kept.error());
  if (auto removed = remove_owned_file(places.in_force); !removed)
    return tl::make_unexpected(removed.error());
  prune(places, directory);
  return ModelChange{0, before, true};
}

std::uint64_t checksum_in_force(const ModelPlaces& places) {
  return stored(places.in_force, ModelPlace::in_force).checksum;
}

}  // namespace

Result<std::vector<StoredModel>> list_models(const ModelPlaces& places) {
  std::vector<StoredModel> models;
  if (is_there(places.in_force)) models.push_back(stored(places.in_force, ModelPlace::in_force));
  for (const std::string& path : former_paths(places))
    models.push_back(stored(path, path.ends_with(kUndone) ? ModelPlace::undone : ModelPlace::former));
  return models;
}

Result<std::string> find_model(const ModelPlaces& places, const std::string& word) {
  if (is_there(word)) return word;
  constexpr std::size_t kMin = 4;
  std::vector<StoredModel> meant;
  if (word.size() >= kMin) {
    auto models = list_models(places);
    if (!models) return tl::make_unexpected(models.error());
    for (StoredModel& model : *models)
      if (model.checksum != 0 && fmt::format("{:016x}", model.checksum).starts_with(word))
        meant.push_back(std::move(model));
  }
  if (meant.empty())
    return failure(ErrorCode::not_found, word + ": no such file, and no model's checksum begins with that");
  for (const StoredModel& model : meant)
    if (model.checksum != meant.front().checksum)
      return failure(ErrorCode::invalid_input, word + ": several models' checksums begin with that");
  return meant.front().path;
}

Result<Model> read_verified(const std::string& path, std::string& bytes) {
  auto read = read_file(path, kMaxModelBytes);
  if (!read) return tl::make_unexpected(read.error());
  bytes = std::move(*read);
  auto model = parse_model(bytes);
  if (!model) return tl::make_unexpected(about(path, model.error()));
  if (auto fine = verify(*model); !fine) return tl::make_unexpected(about(path, fine.error()));
  return model;
}

Result<ModelChange> promote_model(const ModelPlaces& places, const std::string& file, bool dry_run) {
  std::string bytes;
  const auto model = read_verified(file, bytes);
  if (!model) return tl::make_unexpected(model.error());
  const std::uint64_t before = checksum_in_force(places);
  if (dry_run || before == model->checksum) return ModelChange{model->checksum, before, false};
  const auto locked = lock(places);
  if (!locked) return tl::make_unexpected(locked.error());
  return put_in_force(places, *locked, bytes, model->checksum, kEnding);
}

Result<ModelChange> rollback_model(const ModelPlaces& places, bool dry_run) {
  const auto locked = lock(places);
  if (!locked) return tl::make_unexpected(locked.error());
  const std::uint64_t before = checksum_in_force(places);
  for (const std::string& path : former_paths(places)) {
    if (path.ends_with(kUndone)) continue;
    std::string bytes;
    const auto model = read_verified(path, bytes);
    // The one in force is among the former ones only where a program ended between its two steps.
    if (!model || model->checksum == before) continue;
    if (dry_run) return ModelChange{model->checksum, before, false};
    auto change = put_in_force(places, *locked, bytes, model->checksum, kUndone);
    if (change) remove_former(*locked, path);
    return change;
  }
  return back_to_kernel(places, *locked, before, dry_run);
}

}  // namespace foreshape

#include "tools/model_store.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fmt/chrono.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/descriptor.h"
#include "predictor/model/model_file.h"
#include "tools/owned_file.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMode = 0600;  // it says of users how their jobs go
constexpr std::string_view kEnding = ".fsm", kUndone = ".undone.fsm";

std::string reason() { return std::strerror(errno); }  // NOLINT(concurrency-mt-unsafe): one thread

/// The folder of former models, made where it is missing, and nobody else at work in it.
Result<Descriptor> lock(const ModelPlaces& places) {
  const std::string& folder = places.former;
  if (::mkdir(folder.c_str(), 0700) == 0) {
    struct stat above {};
    const std::string parent = fs::path(folder).parent_path();
    if (::geteuid() == 0 && ::stat(parent.c_str(), &above) == 0)
      static_cast<void>(::chown(folder.c_str(), above.st_uid, static_cast<gid_t>(-1)));
  } else if (errno != EEXIST) {
    return failure(ErrorCode::unavailable, folder + ": mkdir: " + reason());
  }
  Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened.get() < 0) return failure(ErrorCode::unavailable, folder + ": " + reason());
  if (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0)
    return failure(ErrorCode::busy, folder + ": another foreshape model is at work; try again");
  return opened;
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
Result<std::uint64_t> keep_former(const ModelPlaces& places, std::string_view ending) {
  const auto bytes = read_file(places.in_force, kMaxModelBytes);
  if (!bytes) return 0;
  const auto model = parse_model(*bytes);
  if (!model) return 0;
  const std::string path = places.former + "/" + name_of(model->checksum, ending);
  if (auto kept = replace_owned_file(path, *bytes, kMode, places.owner); !kept)
    return tl::make_unexpected(kept.error());
  return model->checksum;
}

void prune(const ModelPlaces& places) {
  const auto paths = former_paths(places);
  for (std::size_t i = kKeptModels; i < paths.size(); ++i) {
    std::error_code error;  // what can't be deleted now goes the next time
    fs::remove(paths[i], error);
  }
}

Result<ModelChange> put_in_force(const ModelPlaces& places, const std::string& bytes, std::uint64_t checksum,
                                 std::string_view ending) {
  const auto before = keep_former(places, ending);
  if (!before) return tl::make_unexpected(before.error());
  if (auto written = replace_owned_file(places.in_force, bytes, kMode, places.owner); !written)
    return tl::make_unexpected(written.error());
  prune(places);
  return ModelChange{checksum, *before, true};
}

std::uint64_t checksum_in_force(const ModelPlaces& places) {
  return stored(places.in_force, ModelPlace::in_force).checksum;
}

}  // namespace

Result<std::vector<StoredModel>> list_models(const ModelPlaces& places) {
  std::vector<StoredModel> models;
  if (fs::exists(places.in_force)) models.push_back(stored(places.in_force, ModelPlace::in_force));
  for (const std::string& path : former_paths(places))
    models.push_back(stored(path, path.ends_with(kUndone) ? ModelPlace::undone : ModelPlace::former));
  return models;
}

Result<std::string> find_model(const ModelPlaces& places, const std::string& word) {
  if (fs::exists(word)) return word;
  constexpr std::size_t kLeast = 4;
  std::vector<StoredModel> meant;
  if (word.size() >= kLeast) {
    auto models = list_models(places);
    if (!models) return tl::make_unexpected(models.error());
    for (StoredModel& model : *models)
      if (model.checksum != 0 && fmt::format("{:016x}", model.checksum).starts_with(word))
        meant.push_back(std::move(model));
  }
  if (meant.empty())
    return failure(ErrorCode::not_found, word + ": no such file, and no model's checksum begins so");
  for (const StoredModel& model : meant)
    if (model.checksum != meant.front().checksum)
      return failure(ErrorCode::invalid_input, word + ": several models' checksums begin so");
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
  return put_in_force(places, bytes, model->checksum, kEnding);
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
    auto change = put_in_force(places, bytes, model->checksum, kUndone);
    std::error_code error;
    if (change) fs::remove(path, error);
    return change;
  }
  return failure(ErrorCode::not_found, places.former +
                                           ": there is no model before this one; to go back to the "
                                           "kernel, remove " +
                                           places.in_force);
}

}  // namespace foreshape

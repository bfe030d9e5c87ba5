// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/plugin_file.h"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <optional>
#include <vector>

#include "predictor/base/file.h"

namespace foreshape {
namespace {

/// A copy of the struct at this place: nothing in a file is aligned, and a damaged one points anywhere.
template <class T>
std::optional<T> at(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

std::string_view text_at(std::string_view bytes, std::uint64_t offset) {
  constexpr std::size_t kLongest = 256;
  if (offset >= bytes.size()) return {};
  const std::string_view rest = bytes.substr(offset, kLongest);
  const std::size_t end = rest.find('\0');
  return end == std::string_view::npos ? std::string_view{} : rest.substr(0, end);
}

class Library {
 public:
  static std::optional<Library> open(std::string_view bytes) {
    const auto header = at<Elf64_Ehdr>(bytes, 0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_type != ET_DYN)
      return std::nullopt;
    return Library{bytes, *header};
  }

  /// Where in the file the symbol's value lies.
  std::optional<std::uint64_t> offset_of(std::string_view symbol) const {
    for (unsigned i = 0; i < header_.e_shnum; ++i) {
      const auto section = section_at(i);
      if (!section || section->sh_type != SHT_DYNSYM) continue;
      const auto names = section_at(section->sh_link);
      if (!names) return std::nullopt;
      for (std::uint64_t n = 0; n < section->sh_size / sizeof(Elf64_Sym); ++n) {
        const auto entry = at<Elf64_Sym>(bytes_, section->sh_offset + n * sizeof(Elf64_Sym));
        if (!entry) return std::nullopt;
        if (entry->st_shndx != SHN_UNDEF && text_at(bytes_, names->sh_offset + entry->st_name) == symbol)
          return file_offset(entry->st_value);
      }
    }
    return std::nullopt;
  }

  std::string_view text(std::string_view symbol) const {
    const auto offset = offset_of(symbol);
    return offset ? text_at(bytes_, *offset) : std::string_view{};
  }

  std::optional<std::uint32_t> number(std::string_view symbol) const {
    const auto offset = offset_of(symbol);
    return offset ? at<std::uint32_t>(bytes_, *offset) : std::nullopt;
  }

 private:
  Library(std::string_view bytes, const Elf64_Ehdr& header) : bytes_(bytes), header_(header) {}

  std::optional<Elf64_Shdr> section_at(std::uint64_t i) const {
    return at<Elf64_Shdr>(bytes_, header_.e_shoff + i * sizeof(Elf64_Shdr));
  }

  std::optional<std::uint64_t> file_offset(std::uint64_t address) const {
    for (unsigned i = 0; i < header_.e_phnum; ++i) {
      const auto part = at<Elf64_Phdr>(bytes_, header_.e_phoff + i * sizeof(Elf64_Phdr));
      if (part && part->p_type == PT_LOAD && address >= part->p_vaddr &&
          address - part->p_vaddr < part->p_filesz)
        return part->p_offset + (address - part->p_vaddr);
    }
    return std::nullopt;
  }

  std::string_view bytes_;
  Elf64_Ehdr header_;
};

}  // namespace

Result<PluginIdentity> parse_plugin(std::string_view library) {
  const auto opened = Library::open(library);
  if (!opened) return failure(ErrorCode::corrupt, "no shared library of this machine");
  const auto version = opened->number("plugin_version");
  PluginIdentity found{std::string(opened->text("plugin_name")), std::string(opened->text("plugin_type")),
                       version.value_or(0)};
  if (found.name.empty() || found.type.empty() || !version)
    return failure(ErrorCode::corrupt,
                   "no plugin of Slurm: plugin_name, plugin_type or plugin_version is missing");
  return found;
}

Result<PluginIdentity> read_plugin(const std::string& path) {
  constexpr std::size_t kMaxBytes = 256U << 20;
  const auto bytes = read_file(path, kMaxBytes);
  if (!bytes) return tl::make_unexpected(bytes.error());
  return parse_plugin(*bytes).map_error([&](Error error) { return about(path, std::move(error)); });
}

}  // namespace foreshape

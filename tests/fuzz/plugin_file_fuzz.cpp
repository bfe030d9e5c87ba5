// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstring>
#include <elf.h>

#include "tests/fuzz/fuzz_target.h"
#include "tools/doctor/plugin_file.h"

namespace foreshape {
namespace {

template <class Part>
std::string bytes_of(const Part& part) {
  return {reinterpret_cast<const char*>(&part), sizeof part};
}

/// A library with a section of names and nothing else.
std::string small_library() {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_DYN;
  header.e_machine = EM_X86_64;
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shoff = sizeof header;
  header.e_shnum = 3;
  Elf64_Shdr symbols{}, names{};
  symbols.sh_type = SHT_DYNSYM;
  symbols.sh_entsize = sizeof(Elf64_Sym);
  symbols.sh_offset = header.e_shoff + 3 * sizeof symbols;
  symbols.sh_size = 2 * sizeof(Elf64_Sym);
  symbols.sh_link = 2;
  names.sh_type = SHT_STRTAB;
  names.sh_offset = symbols.sh_offset + symbols.sh_size;
  names.sh_size = 16;
  Elf64_Sym version{};
  version.st_name = 1;
  version.st_size = 4;
  version.st_shndx = 1;
  return bytes_of(header) + bytes_of(Elf64_Shdr{}) + bytes_of(symbols) + bytes_of(names) +
         bytes_of(Elf64_Sym{}) + bytes_of(version) + std::string("\0plugin_version\0", 16);
}

}  // namespace

std::vector<std::string> fuzz_seeds() { return {small_library()}; }

void test_one_input(std::string_view input) {
  const auto read = parse_plugin(input);
  require(read.has_value() || !read.error().message.empty(), "who is refused is told why");
}

}  // namespace foreshape

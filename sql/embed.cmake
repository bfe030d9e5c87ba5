# SPDX-License-Identifier: GPL-2.0-or-later
# Writes the migration files as C++ raw strings: cmake -D MIGRATIONS=a;b -D OUT=file -P embed.cmake
set(text "#include \"sql/migrations.h\"\n\nnamespace foreshape {\n\nstd::span<const Migration> embedded_migrations() {\n  static constexpr Migration kMigrations[] = {\n")
list(SORT MIGRATIONS)
foreach(file ${MIGRATIONS})
  get_filename_component(name ${file} NAME_WE)
  string(REGEX MATCH "^[0-9]+" number ${name})
  math(EXPR number "1${number} - 10000")
  # In brackets, so that neither ; nor [ in SQL means anything to CMake.
  file(READ ${file} sql)
  # Compilers limit the length of one literal (64 KiB in some): pieces are joined by the preprocessor.
  string(LENGTH "${sql}" length)
  string(APPEND text "      {${number}, \"${name}\",")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${sql}" ${at} 12000 piece)
    string(APPEND text "\n       R\"foreshape_sql(${piece})foreshape_sql\"")
    math(EXPR at "${at} + 12000")
  endwhile()
  string(APPEND text "},\n")
endforeach()
string(APPEND text "  };\n  return kMigrations;\n}\n\n}  // namespace foreshape\n")
file(WRITE ${OUT} "${text}")

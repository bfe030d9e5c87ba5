# SPDX-License-Identifier: GPL-2.0-or-later
# Two precompiled headers for all targets, since half of a small file's compile time went into the same dozen
# headers: one for libraries (-fPIC), one with gtest for test programs (-fPIE). Made once, reused by every target.
# What files include stays complete: a whole check on Debian 13, and clang-tidy, have FORESHAPE_PCH=OFF and fail on a missing include.
option(FORESHAPE_PCH "Precompile the headers that most files include" ON)

# No more than what most files include: loading a larger one costs small files more than it saves.
set(precompiled <algorithm> <array> <cmath> <cstdint> <functional> <memory> <optional> <span> <string> <string_view>
  <utility> <vector> <fmt/format.h> <tl/expected.hpp>)

# foreshape_precompiled(<name> <kind> LIBS ...): a target that has nothing but the precompiled header.
function(foreshape_precompiled name kind)
  cmake_parse_arguments(arg "" "" "HEADERS;LIBS" ${ARGN})
  set(empty ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  file(CONFIGURE OUTPUT ${empty} CONTENT "")
  if(kind STREQUAL "EXECUTABLE")
    file(CONFIGURE OUTPUT ${empty} CONTENT "int main() {}")
    add_executable(${name} EXCLUDE_FROM_ALL ${empty})
  else()
    add_library(${name} OBJECT EXCLUDE_FROM_ALL ${empty})
  endif()
  target_link_libraries(${name} PRIVATE foreshape_fmt tl::expected ${arg_LIBS} foreshape_warnings)
  target_precompile_headers(${name} PRIVATE ${precompiled} ${arg_HEADERS})
endfunction()

# foreshape_precompile(<directory>): gives them to every target there and below. Programs that are no tests have few
# files of their own. Flags that change predefined macros (OpenMP, -fno-math-errno) do not fit the header, nor for
# g++ 16 does another level of optimization.
function(foreshape_precompile directory)
  get_property(targets DIRECTORY ${directory} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(kind ${target} TYPE)
    get_target_property(libs ${target} LINK_LIBRARIES)
    get_target_property(options ${target} COMPILE_OPTIONS)
    if(libs MATCHES "OpenMP" OR options MATCHES "-fno-math-errno" OR NOT libs MATCHES "foreshape_warnings")
      continue()
    elseif(kind MATCHES "^(STATIC|OBJECT|SHARED|MODULE)" AND NOT options MATCHES "-O1")
      target_precompile_headers(${target} REUSE_FROM foreshape_precompiled)
    elseif(kind STREQUAL "EXECUTABLE" AND libs MATCHES "GTest")
      target_precompile_headers(${target} REUSE_FROM foreshape_precompiled_test)
    endif()
  endforeach()
  get_property(below DIRECTORY ${directory} PROPERTY SUBDIRECTORIES)
  foreach(next ${below})
    foreshape_precompile(${next})
  endforeach()
endfunction()

if(FORESHAPE_PCH)
  foreshape_precompiled(foreshape_precompiled OBJECT)
  foreach(directory predictor replay trainer sql slurm-plugin tools)
    foreshape_precompile(${CMAKE_SOURCE_DIR}/${directory})
  endforeach()
  if(BUILD_TESTING)
    foreshape_precompiled(foreshape_precompiled_test EXECUTABLE LIBS GTest::gtest HEADERS <gtest/gtest.h>)
    get_property(options DIRECTORY ${CMAKE_SOURCE_DIR}/tests PROPERTY COMPILE_OPTIONS)
    target_compile_options(foreshape_precompiled_test PRIVATE ${options})
    foreshape_precompile(${CMAKE_SOURCE_DIR}/tests)
  endif()
endif()

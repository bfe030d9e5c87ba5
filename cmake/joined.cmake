# SPDX-License-Identifier: GPL-2.0-or-later
# Several files of a target are compiled as one, since most of a file's compile time goes into the headers that its
# neighbours include too. What files include stays complete, and none may lean on another's names: a whole check on Debian 13
# has FORESHAPE_JOINED=OFF and compiles each alone; so does clang-tidy.
option(FORESHAPE_JOINED "Compile several files of a target as one" ON)
set(CMAKE_UNITY_BUILD ${FORESHAPE_JOINED})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

# foreshape_alone(<file> ...): files of this directory with a name of their own (in an anonymous namespace) that another
# file of the same target gives to something else.
function(foreshape_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

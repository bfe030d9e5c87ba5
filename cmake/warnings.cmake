# SPDX-License-Identifier: GPL-2.0-or-later
# Link foreshape_warnings PRIVATE from every target of ours: warnings and sanitizers.
add_library(foreshape_warnings INTERFACE)
target_compile_options(foreshape_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast
  $<$<BOOL:${FORESHAPE_WERROR}>:-Werror>)
if(FORESHAPE_SANITIZE)
  target_compile_options(foreshape_warnings INTERFACE
    -fsanitize=${FORESHAPE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # "-fsanitize options tend to increase the rate of false positive warnings" (GCC manual); the release build has them all.
  target_compile_options(foreshape_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-maybe-uninitialized;-Wno-stringop-overflow;-Wno-restrict>)
  # clang counts it among "undefined", g++ does not; casts of predictions are not all looked through for it yet.
  target_compile_options(foreshape_warnings INTERFACE $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=float-cast-overflow>)
  target_link_options(foreshape_warnings INTERFACE -fsanitize=${FORESHAPE_SANITIZE})
endif()

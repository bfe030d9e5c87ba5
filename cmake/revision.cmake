# SPDX-License-Identifier: GPL-2.0-or-later
# FORESHAPE_REVISION: the git revision that programs print with --version and models record.
# Kept in one generated header so that a new commit recompiles one file, not all.
execute_process(COMMAND git -C ${CMAKE_SOURCE_DIR} describe --always --dirty --abbrev=12
  OUTPUT_VARIABLE FORESHAPE_REVISION OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT FORESHAPE_REVISION)
  set(FORESHAPE_REVISION "unknown")
endif()

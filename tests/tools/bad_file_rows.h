// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The rows of bad_input_test about files of jobs that are none, or of another kind than wanted.
//
// Runs in: offline.

#include "tests/tools/bad_input_row.h"

namespace foreshape {

inline constexpr BadInputRow kBadFileRows[] = {
    {"foreshape replay nosuch.swf", 1, "nosuch.swf", "No such file"},
    {"foreshape replay dir", 1, "dir", ""},
    {"foreshape evaluate nosuch.swf", 1, "nosuch.swf", "No such file"},
    {"foreshape evaluate dir", 1, "dir", ""},
    {"foreshape arrivals nosuch.swf", 1, "nosuch.swf", "No such file"},
    {"foreshape arrivals dir", 1, "dir", ""},
    {"foreshape replay text", 1, "text", ""},
    {"foreshape replay json", 1, "json: this is JSON", "use --parsable2"},
    {"foreshape evaluate padded", 1, "padded table", "use --parsable2"},
    {"foreshape arrivals utf16", 1, "UTF-16", "iconv -f UTF-16"},
    {"foreshape replay squeezed", 1, "compressed by xz", "xz -d"},
    {"foreshape dataset --output fifo --swf jobs.swf", 1, "fifo", "not a regular file"},
    {"foreshape evaluate -p kernel --json fifo jobs.swf", 1, "fifo", "not a regular file"},
    {"foreshape replay --csv fifo jobs.swf", 1, "fifo", "not a regular file"},
    {"foreshape dataset --output o --sacct json", 1, "json: this is JSON", "use --parsable2"},
    {"foreshape dataset --output o --sacct jobs.swf", 1, "Standard Workload Format", "dataset --swf"},
    {"foreshape replay empty", 1, "empty", ""},
    {"foreshape dataset --output o --swf json", 1, "json: this is JSON", "use --parsable2"},
    {"foreshape dataset --output o --swf padded", 1, "padded table", "use --parsable2"},
    {"foreshape dataset --output o --swf dump", 1, "what sacct prints", "dataset --sacct"},
    {"foreshape dataset --output o --swf nextflow", 1, "a trace of Nextflow", "evaluate and replay read it"},
    {"foreshape dataset --output o --swf workflow", 1, "Grid Workflow Format", "make the file with sacct"},
    {"foreshape dataset --output o --swf utf16", 1, "UTF-16", "iconv -f UTF-16"},
    {"foreshape evaluate workflow", 1, "Grid Workflow Format", "make the file with sacct"},
    {"foreshape replay workflow", 1, "Grid Workflow Format", "make the file with sacct"},
    {"foreshape dataset --output o --strict --swf odd", 1, "odd:3: field 'run time'", "(--strict)"},
    {"foreshape evaluate --strict -p kernel odd", 1, "odd:3: field 'run time'", "(--strict)"},
    {"foreshape arrivals --strict odd", 1, "odd:3: field 'run time'", "(--strict)"},
    {"foreshape replay --strict odd", 1, "odd:3: field 'run time'", "(--strict)"},
};

}  // namespace foreshape

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/shape_command_line.h"

#include "tools/cli/time_options.h"

namespace foreshape {

CommandLine shape_command_line() {
  CommandLine line;
  line.program = "sshape";
  line.synopsis =
      "[jobs | summary | names | holds | savings | shadow | stage | html | prometheus | why JOBID | JOBID] "
      "[OPTIONS]";
  line.purpose = "Shows what jobs requested, what was predicted and planned, and what they used.";
  line.operands_max = 2;
  add_time_options(line.options, "jobs that had not ended before (default: 00:00 today)",
                   "jobs that were submitted before (default: now)");
  const OptionRow rows[] = {
      {"user,u", list_value("LIST"), "jobs of these users, names or uids (default: your own)"},
      {"allusers,a", flag(), "jobs of all users"},
      {"me", flag(), "your own jobs, also as root; alone: what to request next time, from 28 days"},
      {"accounts,A", list_value("LIST"), "jobs of these accounts"},
      {"partition,r", list_value("LIST"), "jobs of these partitions"},
      {"qos,q", list_value("LIST"), "jobs of these QOS"},
      {"clusters,M", list_value("LIST"), "jobs of these clusters (default: all)"},
      {"name", list_value("LIST"), "jobs of these names"},
      {"jobs,j", list_value("LIST"), "these jobs; an array or het job with all its parts"},
      {"state,s", list_value("LIST"), "jobs in these states, such as CD,F,TO,OOM"},
      {"summary", flag(), "the same as the view summary"},
      {"by", text_value("WHAT"),
       "a line for each; savings: week (default), user, qos; summary: user (default), account, name, array"},
      {"sbatch", flag(), "names: the #SBATCH lines to paste into job scripts"},
      {"format,o", list_value("LIST"),
       "fields to show, with %width; see --helpformat; html: the file to write"},
      {"long,l", flag(), "all fields that matter; without it tables fit 80 columns"},
      {"helpformat,e", flag(), "list the fields that --format takes"},
      {"noheader,n", flag(), "no heading"},
      {"parsable,p", flag(), "fields separated by '|', one at the end too"},
      {"parsable2,P", flag(), "fields separated by '|'"},
      {"delimiter", text_value("TEXT"), "with -p or -P: instead of '|'"},
      {"json", flag(), "print JSON: seconds, bytes, seconds since 1970"},
      {"color", text_value("WHEN"), "colour of states: auto (default: on a terminal), always, never"},
      {"units", text_value("K|M|G|T|P"), "print memory in this unit"},
      {"allocations,X", flag(), "accepted for sacct compatibility; no effect"},
  };
  add_options(line.options, rows);
  add_database_option(line.options);
  return line;
}

}  // namespace foreshape

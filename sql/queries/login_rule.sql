-- SPDX-License-Identifier: GPL-2.0-or-later
-- How pg_hba.conf has $2 log in to database $1 through the unix socket: the method of the first line that applies.
-- Lines for +groups and patterns are passed over: no row means that it is not known.
SELECT auth_method FROM pg_hba_file_rules
WHERE type = 'local' AND error IS NULL
  AND ('all' = ANY (database) OR $1 = ANY (database)) AND ('all' = ANY (user_name) OR $2 = ANY (user_name))
ORDER BY line_number LIMIT 1

-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which migrations were applied, and when. No parameters.
SELECT number, checksum, to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM foreshape.migration ORDER BY number

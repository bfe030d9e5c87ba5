-- SPDX-License-Identifier: GPL-2.0-or-later
-- Of the filters of a report those that are lists, text[] each, NULL = no limit: $3 users or uids, $4 accounts,
-- $5 partitions, $6 clusters, $7 qos, $8 job names, $9 job ids in any of their spellings. The server plans for the values
-- given, so a test of a NULL costs nothing.
      ($3::text[] IS NULL OR user_name = ANY($3) OR uid::text = ANY($3))
  AND ($4::text[] IS NULL OR account = ANY($4))
  AND ($5::text[] IS NULL OR partition = ANY($5))
  AND ($6::text[] IS NULL OR cluster = ANY($6))
  AND ($7::text[] IS NULL OR qos = ANY($7))
  AND ($8::text[] IS NULL OR job_name = ANY($8))
  AND ($9::text[] IS NULL OR job_id_text = ANY($9) OR job_id::text = ANY($9)
       OR split_part(job_id_text, '_', 1) = ANY($9) OR split_part(job_id_text, '+', 1) = ANY($9))

-- SPDX-License-Identifier: GPL-2.0-or-later
-- Notes which users and accounts a batch names, and since when: in order, since two ingests lock the rows. No parameters.
INSERT INTO foreshape.person AS p (cluster, uid, user_name, account, first_submit_time)
SELECT cluster, uid, user_name, account, to_timestamp(min(first_submit_s)) FROM job_stage
GROUP BY cluster, uid, user_name, account
ORDER BY cluster, uid, account, user_name
ON CONFLICT (cluster, uid, account, user_name) DO UPDATE SET first_submit_time = excluded.first_submit_time
WHERE p.first_submit_time > excluded.first_submit_time

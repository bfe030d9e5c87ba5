-- SPDX-License-Identifier: GPL-2.0-or-later
-- Sets apart the runs of a batch that its reader knows to be followed by another. No parameters.
WITH earlier AS (DELETE FROM job_stage s WHERE is_requeued RETURNING s)
INSERT INTO run_stage SELECT (s).* FROM earlier

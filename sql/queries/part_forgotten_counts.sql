-- SPDX-License-Identifier: GPL-2.0-or-later
-- How many rows of each table were deleted, of the tables that all that is forgotten may be in.
SELECT 'jobs', count(*) FROM jobs UNION ALL
SELECT 'requeued runs', count(*) FROM runs UNION ALL
SELECT 'submissions', count(*) FROM submissions UNION ALL
SELECT 'predictions', count(*) FROM predictions UNION ALL
SELECT 'decisions', count(*) FROM decisions UNION ALL
SELECT 'outcomes', count(*) FROM outcomes UNION ALL
SELECT 'holds', count(*) FROM holds UNION ALL
SELECT 'steps of holds', count(*) FROM steps UNION ALL
SELECT 'steps of staging', count(*) FROM stagings UNION ALL
SELECT 'times of activity', count(*) FROM activities

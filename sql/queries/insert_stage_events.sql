-- SPDX-License-Identifier: GPL-2.0-or-later
-- Stores the steps of staging of a batch that are not there yet, by their place or by what their user calls them.
-- No parameters.
INSERT INTO foreshape.stage_event (cluster, journal, sequence, at, uid, step, job_id, bytes, copy_ms, uses, user_number,
  source, file_system, reason)
SELECT * FROM stage_event_stage ON CONFLICT DO NOTHING

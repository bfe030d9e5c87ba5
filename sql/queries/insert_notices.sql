-- SPDX-License-Identifier: GPL-2.0-or-later
-- Stores the notices of a batch that are not there yet: written once. No parameters.
INSERT INTO foreshape.notice (cluster, journal, sequence, at, lost_events, message)
SELECT * FROM notice_stage ON CONFLICT DO NOTHING

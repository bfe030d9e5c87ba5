-- SPDX-License-Identifier: GPL-2.0-or-later
-- Adds what the plugin saw at submission (s) and whether it saw it (k.seen) to a job j.
LEFT JOIN foreshape.submission s ON s.cluster = j.cluster AND s.token = j.token AND s.uid = j.uid
CROSS JOIN LATERAL (SELECT s.token IS NOT NULL AS seen) k

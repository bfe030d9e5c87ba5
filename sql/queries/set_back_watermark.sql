-- SPDX-License-Identifier: GPL-2.0-or-later
-- Sets back a watermark that a wrong clock had moved ahead. $1 cluster, $2 source, $3 up to (Unix seconds).
UPDATE foreshape.ingest_watermark SET up_to = to_timestamp($3::bigint), updated_at = now()
WHERE cluster = $1 AND source = $2

-- SPDX-License-Identifier: GPL-2.0-or-later
-- Makes the row of a source that was never ingested. $1 cluster, $2 source.
INSERT INTO foreshape.ingest_watermark (cluster, source) VALUES ($1, $2) ON CONFLICT DO NOTHING

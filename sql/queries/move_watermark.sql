-- SPDX-License-Identifier: GPL-2.0-or-later
-- Moves the watermark of a source forward, never back. $1 cluster, $2 source, $3 up to (Unix seconds), $4 sequence.
INSERT INTO foreshape.ingest_watermark AS w (cluster, source, up_to, sequence)
VALUES ($1, $2, to_timestamp($3::bigint), $4)
ON CONFLICT (cluster, source) DO UPDATE SET up_to = greatest(w.up_to, excluded.up_to),
  sequence = greatest(w.sequence, excluded.sequence), updated_at = now()

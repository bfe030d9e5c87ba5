-- SPDX-License-Identifier: GPL-2.0-or-later
-- As read_watermark, and nobody else moves it until the transaction ends. $1 cluster, $2 source.
SELECT extract(epoch FROM up_to)::bigint, sequence FROM foreshape.ingest_watermark
WHERE cluster = $1 AND source = $2 FOR UPDATE

-- SPDX-License-Identifier: GPL-2.0-or-later
-- Makes the partitions of job for the months that a batch touches.
-- $1 bigint[]: first seconds of the months, Unix time.
SELECT foreshape.add_month('job', to_timestamp(m)) FROM unnest($1::bigint[]) m

-- SPDX-License-Identifier: GPL-2.0-or-later
-- Waits for other programs that apply migrations, until the transaction ends. No parameters.
-- The number is ours alone: "foresh" in ASCII.
SELECT pg_advisory_xact_lock(112603776082792)

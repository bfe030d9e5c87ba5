-- SPDX-License-Identifier: GPL-2.0-or-later
-- The statement that drops the database $1.
SELECT format('DROP DATABASE %I', $1::text)

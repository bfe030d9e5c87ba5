-- SPDX-License-Identifier: GPL-2.0-or-later
-- Statements that drop the roles $1 (text[]).
SELECT format('DROP ROLE %I', dropped.name) FROM unnest($1::text[]) AS dropped(name)

-- SPDX-License-Identifier: GPL-2.0-or-later
-- Whether the role $1 is there and in all groups of $2 (text[]), which are.
SELECT coalesce((SELECT bool_and(pg_has_role(r.oid, g::name, 'member'))
  FROM pg_roles r, unnest($2::text[]) AS g WHERE r.rolname = $1), false)

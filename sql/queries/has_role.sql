-- SPDX-License-Identifier: GPL-2.0-or-later
-- Whether the role $1 is there and in all groups of $2 (text[]), which are.
SELECT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = $1
  AND NOT EXISTS (SELECT FROM unnest($2::text[]) AS g WHERE NOT pg_has_role(r.oid, g::name, 'member')))

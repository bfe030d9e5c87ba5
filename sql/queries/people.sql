-- SPDX-License-Identifier: GPL-2.0-or-later
-- Who is known by name, with whether a role of that name is there and may read. $1 cluster, empty = all.
SELECT DISTINCT p.user_name, r.oid IS NOT NULL,
  coalesce(pg_has_role(r.oid, 'foreshape_reader', 'member'), false)
FROM foreshape.person p LEFT JOIN pg_roles r ON r.rolname = p.user_name
WHERE $1 = '' OR p.cluster = $1 ORDER BY 1

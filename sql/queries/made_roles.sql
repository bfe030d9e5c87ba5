-- SPDX-License-Identifier: GPL-2.0-or-later
-- Roles with the comment $1 that own nothing; none while a database other than $2 uses the groups that they are in.
SELECT r.rolname FROM pg_roles r
WHERE shobj_description(r.oid, 'pg_authid') = $1
  AND NOT EXISTS (SELECT FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid)
  AND NOT EXISTS (
    SELECT FROM pg_shdepend d JOIN pg_roles g ON g.oid = d.refobjid
    WHERE d.refclassid = 'pg_authid'::regclass AND g.rolname LIKE 'foreshape\_%'
      AND d.dbid NOT IN (0, coalesce((SELECT oid FROM pg_database WHERE datname = $2), 0)))
ORDER BY 1

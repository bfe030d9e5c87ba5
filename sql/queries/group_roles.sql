-- SPDX-License-Identifier: GPL-2.0-or-later
-- The schema's group roles that are there, and whether who asks is a member. No parameters.
SELECT rolname, pg_has_role(oid, 'member') FROM pg_roles WHERE rolname LIKE 'foreshape%'

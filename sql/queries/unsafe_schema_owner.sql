-- SPDX-License-Identifier: GPL-2.0-or-later
-- Who owns the schema foreshape without being a superuser; no row where nobody does. No parameters.
-- Each name is spelled out: names are looked up in that schema first, so its owner could have put functions there,
-- which would then run with a superuser's rights.
SELECT r.rolname
FROM pg_catalog.pg_namespace n
JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) n.nspowner
WHERE n.nspname OPERATOR(pg_catalog.=) 'foreshape' AND NOT r.rolsuper

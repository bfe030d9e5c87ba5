-- SPDX-License-Identifier: GPL-2.0-or-later
-- No parameters. The schema's own group roles, where no database of the server has anything for them any more.
SELECT r.rolname FROM pg_roles r
WHERE r.rolname IN ('foreshape_writer', 'foreshape_reader', 'foreshape_activity', 'foreshape_operator')
  AND NOT EXISTS (SELECT FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid)
ORDER BY 1

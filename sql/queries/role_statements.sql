-- SPDX-License-Identifier: GPL-2.0-or-later
-- Statements that make the login role $1 with the comment $2, where it is missing, and put it into the groups $3
-- (text[]).
SELECT made.statement
FROM (
  SELECT 1, format('CREATE ROLE %1$I LOGIN; COMMENT ON ROLE %1$I IS %2$L;', $1::text, $2::text)
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)
  UNION ALL
  SELECT 2, format('GRANT %I TO %I;', granted.name, $1::text) FROM unnest($3::text[]) AS granted(name)
) AS made(step, statement)
ORDER BY made.step

-- SPDX-License-Identifier: GPL-2.0-or-later
-- Statements that create the database $1 with the comment $2, each to be run by itself.
VALUES
  (format('CREATE DATABASE %I ENCODING ''UTF8'' TEMPLATE template0', $1::text)),
  (format('COMMENT ON DATABASE %I IS %L', $1::text, $2::text))

-- SPDX-License-Identifier: GPL-2.0-or-later
-- Creates the schema and the table of applied migrations where they are missing. No parameters; several statements.
CREATE SCHEMA IF NOT EXISTS foreshape;
-- A comment that is there stays: foreshape setup marks a schema that it made by one.
DO $$
BEGIN
  IF obj_description(to_regnamespace('foreshape'), 'pg_namespace') IS NULL THEN
    COMMENT ON SCHEMA foreshape IS 'Foreshape: shapes of jobs, requested, predicted, planned and used';
  END IF;
END
$$;
CREATE TABLE IF NOT EXISTS foreshape.migration (
  number integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  revision text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now());
COMMENT ON TABLE foreshape.migration IS 'schema steps that were applied; checksum: XXH3 of the file';

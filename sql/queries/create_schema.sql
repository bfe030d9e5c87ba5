-- SPDX-License-Identifier: GPL-2.0-or-later
-- Statements that create the schema foreshape with the comment $1.
VALUES ('CREATE SCHEMA foreshape'), (format('COMMENT ON SCHEMA foreshape IS %L', $1::text))

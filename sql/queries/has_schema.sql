-- SPDX-License-Identifier: GPL-2.0-or-later
-- Whether the database has the schema foreshape. No parameters.
SELECT to_regnamespace('foreshape') IS NOT NULL

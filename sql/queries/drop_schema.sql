-- SPDX-License-Identifier: GPL-2.0-or-later
-- The statement that drops the schema foreshape and all in it. No parameters.
SELECT 'DROP SCHEMA foreshape CASCADE'

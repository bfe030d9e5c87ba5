-- SPDX-License-Identifier: GPL-2.0-or-later
-- Whether migrations were ever applied here. No parameters.
SELECT to_regclass('foreshape.migration') IS NOT NULL

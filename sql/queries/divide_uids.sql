-- SPDX-License-Identifier: GPL-2.0-or-later
-- Gives each user of a uid that several have had their time of it. No parameters.
SELECT foreshape.divide_uids()

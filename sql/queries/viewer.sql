-- SPDX-License-Identifier: GPL-2.0-or-later
-- Who asks, and whether they see everybody's rows. No parameters.
SELECT current_user, foreshape.is_operator()

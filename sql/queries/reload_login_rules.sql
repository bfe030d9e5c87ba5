-- SPDX-License-Identifier: GPL-2.0-or-later
-- Has the server read pg_hba.conf again. No parameters.
SELECT pg_reload_conf()

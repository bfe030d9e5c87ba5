-- SPDX-License-Identifier: GPL-2.0-or-later
-- Where pg_hba.conf is, on the server's machine. No parameters.
SELECT current_setting('hba_file')

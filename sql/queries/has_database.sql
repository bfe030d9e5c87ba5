-- SPDX-License-Identifier: GPL-2.0-or-later
-- Whether the server has the database $1.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)

-- SPDX-License-Identifier: GPL-2.0-or-later
-- Whether the comment on the database $1 is $2.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND shobj_description(oid, 'pg_database') = $2)

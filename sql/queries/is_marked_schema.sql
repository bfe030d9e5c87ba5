-- SPDX-License-Identifier: GPL-2.0-or-later
-- Whether the comment on the schema foreshape is $1.
SELECT coalesce(obj_description(to_regnamespace('foreshape'), 'pg_namespace'), '') = $1

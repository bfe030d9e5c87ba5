-- SPDX-License-Identifier: GPL-2.0-or-later
-- Whether the store has jobs of this user, as far as the one who asks may see them. $1 name or uid.
SELECT EXISTS (SELECT FROM foreshape.person WHERE user_name = $1 OR uid::text = $1)

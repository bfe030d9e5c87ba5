-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the server's clock shows, in Unix seconds. No parameters.
SELECT extract(epoch FROM now())::bigint

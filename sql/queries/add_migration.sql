-- SPDX-License-Identifier: GPL-2.0-or-later
-- Notes that a migration was applied. $1 number, $2 name, $3 checksum, $4 revision of the program.
INSERT INTO foreshape.migration (number, name, checksum, revision) VALUES ($1, $2, $3, $4)

-- Whether the grants of others are to be seen: a server has at least an administrator beside this user.
-- Tested on MariaDB 10.11.
SELECT count(DISTINCT grantee) > 1 FROM information_schema.user_privileges

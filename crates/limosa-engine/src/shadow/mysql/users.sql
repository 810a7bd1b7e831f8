-- What may be users of throw-away databases. Tested on MariaDB 10.11.
SELECT User FROM mysql.user WHERE User LIKE 'limosa\_shadow\_%' AND Host = '%'

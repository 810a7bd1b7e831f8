-- How times are written as text, whatever is configured. MariaDB 10.11, MySQL 8.
SET time_zone = '+00:00'

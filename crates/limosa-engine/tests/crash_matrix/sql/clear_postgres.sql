-- Takes everything away that a scenario and Limosa have made.
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;

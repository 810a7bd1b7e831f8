-- The versions that are applied, and by which attempt. All databases.
SELECT version, attempt FROM limosa_history

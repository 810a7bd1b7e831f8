-- Whether somebody holds the lease. All dialects that have leases.
SELECT 1 FROM {lease} WHERE part = 'lease' AND holder IS NOT NULL

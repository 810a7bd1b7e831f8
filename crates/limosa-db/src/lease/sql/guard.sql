-- Whether this session holds the lease: an expression for use in other statements. All dialects that have leases.
EXISTS (SELECT 1 FROM {lease} held WHERE held.part = 'lease' AND held.token = {token} AND held.holder IS NOT NULL)

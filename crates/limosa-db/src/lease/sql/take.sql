-- Takes the lease, if nobody has moved since it was looked at. It waits for a unit that is at work.
-- All dialects that have leases.
UPDATE {lease}
SET token = token + 1, beat = 0, holder = :holder, since = {now}
WHERE part = 'lease' AND token = :token AND beat = :units

-- Whoever holds the lease was silent, or there is nobody. All dialects that have leases.
UPDATE {lease}
SET token = token + 1, beat = 0
WHERE part = 'heartbeat' AND token = :token AND beat = :beats

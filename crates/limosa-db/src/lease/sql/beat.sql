-- A sign of life, in a row of its own: it waits for no unit. All dialects that have leases.
UPDATE {lease} SET beat = beat + 1 WHERE part = 'heartbeat' AND token = :token

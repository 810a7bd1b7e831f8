-- Gives the lease back. All dialects that have leases.
UPDATE {lease} SET holder = NULL WHERE part = 'lease' AND token = :token

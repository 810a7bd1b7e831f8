-- Who holds the lease, since how many seconds, and the signs of life. All dialects that have leases.
SELECT l.token, l.beat, h.beat, l.holder, {seconds l.since}
FROM {lease} l
JOIN {lease} h ON h.part = 'heartbeat'
WHERE l.part = 'lease'

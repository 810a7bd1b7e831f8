-- Sets a sequence to where it was: $1 its qualified name, $2 its last value, or '' when it was not used yet.
-- PostgreSQL 12 to 18.
SELECT pg_catalog.setval(
         $1::text::pg_catalog.regclass,
         CASE WHEN $2::text = '' THEN s.seqstart ELSE $2::text::bigint END,
         $2::text <> '')
FROM pg_catalog.pg_sequence AS s
WHERE s.seqrelid = $1::text::pg_catalog.regclass

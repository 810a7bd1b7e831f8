-- The format of the tables. All dialects.
SELECT detail FROM {journal} WHERE event = 'format' ORDER BY id DESC LIMIT 1

-- Tables, columns and indexes of the schema public.
select table_name::text as a, 'column' as b, column_name::text as c,
       data_type || coalesce('(' || character_maximum_length || ')', '') as d,
       is_nullable::text as e, coalesce(column_default, is_identity)::text as f
from information_schema.columns
where table_schema = 'public'
union all
select tablename, 'index', indexname, indexdef, '', ''
from pg_indexes
where schemaname = 'public'
order by a, b, c

-- Tables, columns and indexes of the current database.
select table_name as a, 'column' as b, column_name as c, column_type as d,
       is_nullable as e, concat_ws(' ', column_default, extra) as f
from information_schema.columns
where table_schema = database()
union all
select table_name, 'index', index_name, group_concat(column_name order by seq_in_index), max(non_unique), ''
from information_schema.statistics
where table_schema = database()
group by table_name, index_name
order by a, b, c

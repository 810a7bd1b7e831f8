-- Tables, columns and indexes of the file.
select m.name as a, 'column' as b, c.name as c, upper(c.type) as d,
       c."notnull" || c.pk as e, coalesce(c.dflt_value, '') as f
from sqlite_master m, pragma_table_xinfo(m.name) c
where m.type = 'table' and m.name not like 'sqlite%'
union all
select m.name, 'index', i.name, group_concat(x.name), i."unique", ''
from sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) x
where m.type = 'table' and m.name not like 'sqlite%'
group by m.name, i.name
order by a, b, c

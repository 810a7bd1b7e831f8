-- Everything that a migration may have made, as text. PostgreSQL 12 to 18, tested on 15.
SELECT line FROM (
    SELECT format('%s %s', CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned' WHEN 'v' THEN 'view'
               ELSE c.relkind::text END, c.oid::regclass)
           || CASE WHEN c.relkind = 'v' THEN pg_get_viewdef(c.oid) ELSE '' END AS line
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'limosa\_%' AND c.relkind <> 'i'
    UNION ALL
    SELECT format('column %s.%s %s not null %s default %s', a.attrelid::regclass, a.attname,
               format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v')
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'limosa\_%'
      AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT format('constraint %s on %s %s valid %s', o.conname, o.conrelid::regclass,
               pg_get_constraintdef(o.oid), o.convalidated)
    FROM pg_constraint o
    WHERE o.connamespace = 'public'::regnamespace AND o.conrelid::regclass::text NOT LIKE 'limosa\_%'
    UNION ALL
    SELECT format('index %s valid %s ready %s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'limosa\_%'
    UNION ALL
    SELECT format('enum %s %s', t.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder))
    FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
    GROUP BY t.oid, t.typname
    UNION ALL
    SELECT format('partition %s of %s %s', h.inhrelid::regclass, h.inhparent::regclass, to_jsonb(h) ->> 'inhdetachpending')
    FROM pg_inherits h
    UNION ALL
    SELECT format('routine %s %s', p.oid::regprocedure, md5(p.prosrc))
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
) AS lines
ORDER BY line COLLATE "C"

CREATE TABLE every_type (
    id INTEGER PRIMARY KEY AUTOINCREMENT, an_int INT NOT NULL, a_bigint BIGINT NOT NULL, a_text TEXT NOT NULL, a_varchar VARCHAR(20) NOT NULL,
    a_blob BLOB NOT NULL, a_real REAL NOT NULL, a_numeric NUMERIC NOT NULL, a_decimal DECIMAL(10, 2) NOT NULL, a_boolean BOOLEAN NOT NULL,
    a_date DATE NOT NULL, a_datetime DATETIME NOT NULL, a_json JSON NOT NULL, a_uuid UUID NOT NULL, anything NOT NULL,
    doubled INT GENERATED ALWAYS AS (an_int * 2) STORED
);
CREATE TABLE strict_one (id INTEGER PRIMARY KEY, a INT NOT NULL, b TEXT NOT NULL, c BLOB NOT NULL, d REAL NOT NULL, e ANY NOT NULL) STRICT;
CREATE TABLE no_rowid (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE "odd ""names""" ("a b" INTEGER PRIMARY KEY, "select" TEXT NOT NULL UNIQUE);
CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE UNIQUE CHECK (name <> ''));
CREATE TABLE users (
    tenant_id INTEGER NOT NULL REFERENCES tenants, id INTEGER NOT NULL, email TEXT NOT NULL, deleted_at TEXT, manager_id INTEGER,
    PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, manager_id) REFERENCES users (tenant_id, id)
);
CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE deleted_at IS NULL;
CREATE TABLE memberships (
    tenant_id INTEGER NOT NULL, user_id INTEGER NOT NULL, role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'owner')),
    PRIMARY KEY (tenant_id, user_id), FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE TABLE parents (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parents (id));
CREATE TABLE ring_a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES ring_b (id));
CREATE TABLE ring_b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES ring_a (id));
CREATE TABLE settings (only_one INTEGER PRIMARY KEY DEFAULT 1 CHECK (only_one = 1), value TEXT);
CREATE TABLE checked (
    id INTEGER PRIMARY KEY, low INTEGER NOT NULL, high INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('on', 'off')),
    slug TEXT NOT NULL UNIQUE CHECK (slug LIKE 'x-%' AND length(slug) BETWEEN 5 AND 12), name TEXT NOT NULL CHECK (name GLOB 'a*b'),
    month INTEGER NOT NULL CHECK (month BETWEEN 1 AND 12), CHECK (low < high), CHECK (typeof(month) = 'integer')
);
CREATE TABLE only_defaults (id INTEGER PRIMARY KEY, made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP);

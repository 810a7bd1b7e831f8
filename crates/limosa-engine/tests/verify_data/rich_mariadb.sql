CREATE TABLE every_type (
    id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    a_tinyint tinyint NOT NULL, a_flag tinyint(1) NOT NULL, an_unsigned tinyint unsigned NOT NULL, a_smallint smallint NOT NULL,
    a_mediumint mediumint unsigned NOT NULL, an_int int NOT NULL, a_bigint bigint unsigned NOT NULL,
    a_decimal decimal(10, 2) NOT NULL, a_wide decimal(65, 30) NOT NULL, a_float float NOT NULL, a_double double NOT NULL,
    a_bit bit NOT NULL, bits bit(12) NOT NULL,
    a_char char(3) NOT NULL, a_varchar varchar(20) NOT NULL, a_latin varchar(30) CHARACTER SET latin1 NOT NULL,
    a_basic varchar(60) CHARACTER SET utf8mb3 NOT NULL, an_ascii varchar(40) CHARACTER SET ascii NOT NULL,
    a_tinytext tinytext NOT NULL, a_text text NOT NULL, a_longtext longtext NOT NULL,
    a_binary binary(4) NOT NULL, a_varbinary varbinary(20) NOT NULL, a_tinyblob tinyblob NOT NULL, a_blob blob NOT NULL,
    a_date date NOT NULL, a_time time NOT NULL, a_time_6 time(6) NOT NULL, a_datetime datetime NOT NULL, a_datetime_3 datetime(3) NOT NULL,
    a_timestamp timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, a_year year NOT NULL,
    an_enum enum('a', 'it''s', 'c,d') NOT NULL, a_set set('x', 'y', 'z') NOT NULL,
    a_json json NOT NULL, a_uuid uuid NOT NULL, an_inet6 inet6 NOT NULL,
    a_point point NOT NULL, a_polygon polygon NOT NULL, a_geometry geometry NOT NULL,
    doubled bigint GENERATED ALWAYS AS (an_int * 2) STORED
) CHARACTER SET utf8mb4;
CREATE TABLE `odd ``names``` (`a b` int PRIMARY KEY, `select` varchar(190) NOT NULL UNIQUE, `Ünï` varchar(2) NOT NULL) CHARACTER SET utf8mb4;
CREATE TABLE tenants (id int AUTO_INCREMENT PRIMARY KEY, name varchar(100) NOT NULL UNIQUE, CHECK (name <> '')) CHARACTER SET utf8mb4;
CREATE TABLE users (
    tenant_id int NOT NULL, id int NOT NULL, email varchar(100) NOT NULL, manager_id int,
    PRIMARY KEY (tenant_id, id), UNIQUE (email(20)), FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    FOREIGN KEY (tenant_id, manager_id) REFERENCES users (tenant_id, id)
) CHARACTER SET utf8mb4;
CREATE TABLE memberships (
    tenant_id int NOT NULL, user_id int NOT NULL, role varchar(10) NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'owner')),
    PRIMARY KEY (tenant_id, user_id), FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) CHARACTER SET utf8mb4;
CREATE TABLE parents (id int PRIMARY KEY, parent_id int NOT NULL, FOREIGN KEY (parent_id) REFERENCES parents (id));
CREATE TABLE ring_a (id int PRIMARY KEY, b_id int);
CREATE TABLE ring_b (id int PRIMARY KEY, a_id int NOT NULL, FOREIGN KEY (a_id) REFERENCES ring_a (id));
ALTER TABLE ring_a ADD FOREIGN KEY (b_id) REFERENCES ring_b (id);
CREATE TABLE settings (only_one tinyint(1) PRIMARY KEY DEFAULT 1 CHECK (only_one = 1), value text);
CREATE TABLE checked (
    id int PRIMARY KEY, low int NOT NULL, high int NOT NULL, CHECK (low < high),
    state varchar(10) NOT NULL CHECK (state IN ('on', 'off')),
    slug varchar(12) NOT NULL UNIQUE CHECK (slug LIKE 'x-%' AND char_length(slug) BETWEEN 5 AND 12),
    month smallint NOT NULL CHECK (month BETWEEN 1 AND 12), ratio decimal(4, 3) CHECK (ratio > 0 AND ratio <= 1),
    word varchar(20) NOT NULL CHECK (word REGEXP '^[a-z]+-[0-9]{3}$'), doc longtext NOT NULL CHECK (json_valid(doc))
) CHARACTER SET utf8mb4;
CREATE TABLE only_defaults (id int AUTO_INCREMENT PRIMARY KEY, made datetime NOT NULL DEFAULT CURRENT_TIMESTAMP);

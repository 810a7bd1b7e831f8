-- Sets up a private MariaDB server; one statement per line. Tested on MariaDB 10.11.
delete from mysql.global_priv where user = '' or (user = 'root' and host not in ('localhost', '%'));
flush privileges;
alter user root@localhost identified by '$password';
create or replace user root@'%' identified by '$password';
grant all privileges on *.* to root@'%' with grant option;

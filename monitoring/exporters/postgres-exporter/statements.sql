-- What postgres-exporter reads of the statements; run it as a superuser, once in the database that it asks.
-- PostgreSQL must load the library: shared_preload_libraries = 'pg_stat_statements'.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

-- Tables, sequences and functions that libraries bring (sign-in, sessions, the queue) belong to the
-- application entirely. What the rooms bring is granted by the migration that makes it, table by table.
DO $$
DECLARE
    found record;
BEGIN
    GRANT USAGE ON SCHEMA public TO kessai_app;
    FOR found IN
        SELECT c.oid::regclass AS name, c.relkind, c.relname
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace
          AND c.relkind IN ('r', 'p', 'S')
          AND c.relname ~ '^(django|auth|account|procrastinate)_'
    LOOP
        IF found.relname ~ '^django_migrations' THEN
            IF found.relkind <> 'S' THEN
                EXECUTE format('GRANT SELECT ON %s TO kessai_app', found.name);
            END IF;
        ELSIF found.relkind = 'S' THEN
            EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO kessai_app', found.name);
        ELSE
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO kessai_app', found.name);
        END IF;
    END LOOP;
END
$$;

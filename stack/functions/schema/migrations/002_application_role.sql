-- What the payments function becomes after it has logged in: it can neither delete a payment nor change the schema.
-- Roles belong to the whole server, so one may be left from a database that was dropped.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'payments_application') THEN
        CREATE ROLE payments_application NOLOGIN;
    END IF;
END
$$;

DO $$
BEGIN
    EXECUTE format('GRANT payments_application TO %I', current_user);
END
$$;

GRANT SELECT, INSERT ON payments TO payments_application;
GRANT UPDATE (status, accepted_at) ON payments TO payments_application;

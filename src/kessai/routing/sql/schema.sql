ALTER TABLE routing_authoritytable ADD CONSTRAINT routing_one_table
    EXCLUDE USING gist (int4range(tenant_id, tenant_id, '[]') WITH &&, period WITH &&);
-- hashtext stands in for equality of the code: a collision refuses, it never lets an overlap through.
ALTER TABLE routing_mattertype ADD CONSTRAINT routing_one_matter
    EXCLUDE USING gist (int4range(tenant_id, tenant_id, '[]') WITH &&,
                        int4range(hashtext(code), hashtext(code), '[]') WITH &&, period WITH &&);

GRANT SELECT, INSERT, UPDATE, DELETE ON routing_mattertype, routing_authoritytable, routing_authorityrow
    TO kessai_app;

SELECT kessai_keep_tenant('insight_precedent');
SELECT kessai_keep_tenant('insight_reckoning');

-- Derived data: counted again each night, so the application may delete it.
GRANT SELECT, INSERT, DELETE ON insight_precedent, insight_reckoning TO kessai_app;

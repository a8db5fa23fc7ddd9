GRANT SELECT, INSERT, UPDATE, DELETE ON identity_user, identity_user_groups, identity_user_user_permissions
    TO kessai_app;

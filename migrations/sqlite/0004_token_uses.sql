-- When a token was last used, apart from the token: the role for records may write this and no token.
CREATE TABLE meta_token_uses (
    token_id     TEXT PRIMARY KEY,
    last_used_at INTEGER NOT NULL
) STRICT;

-- What is known of the copies in the backups folder. The folder decides what is there; a copy that this table does not
-- know was put there by somebody, or made before the database was restored.
CREATE TABLE backup_copies (
  name TEXT NOT NULL PRIMARY KEY,
  made_by TEXT NOT NULL CHECK (made_by IN ('hand', 'schedule')),
  whole BIGINT NOT NULL CHECK (whole IN (0, 1)),
  made_at BIGINT NOT NULL
);

-- The last hour in which a key was used, where its provider tells hours; hours since 1970-01-01.
ALTER TABLE usage_keys ADD COLUMN last_used_hour BIGINT;

UPDATE usage_keys SET last_used_hour =
  (SELECT MAX(u.bucket) FROM usage_hours u JOIN usage_series s ON s.id = u.series_id WHERE s.key_id = usage_keys.id);

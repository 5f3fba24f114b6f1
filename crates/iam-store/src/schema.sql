-- The schema, one text for every engine. An engine without clustered keys drops `WITHOUT ROWID`.
--
-- Times are microseconds since 1970. `tenancy` is the small number that stands for a tenancy's OCID
-- and leads every key, so that a distributed engine can spread by it. What a password reset touches
-- (ui_passwords, retry_tokens, audit) is kept small and apart from the rest. A table of wide rows is
-- not clustered by its key: the key's own index stays shallow, and a row stays on one page.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE tenancies (
  tenancy BIGINT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  folded TEXT NOT NULL UNIQUE
);

-- Users, groups, policies, compartments, the tenancy itself: whatever has an OCID and a name.
-- `space` is what a name must be unique in. `body` is the model as it goes over the wire; `compiled`
-- is what decides, where that is another thing (a policy).
CREATE TABLE resources (
  tenancy BIGINT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  space TEXT NOT NULL,
  parent TEXT NOT NULL,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  state TEXT NOT NULL,
  created BIGINT NOT NULL,
  etag TEXT NOT NULL,
  body TEXT NOT NULL,
  compiled TEXT,
  PRIMARY KEY (tenancy, id)
);
CREATE UNIQUE INDEX resources_by_name ON resources (tenancy, space, folded);
CREATE INDEX resources_in_time ON resources (tenancy, kind, parent, created, id);
CREATE INDEX resources_in_name_order ON resources (tenancy, kind, parent, name, id);

-- What only a domain's interface tells of a user, as one document.
CREATE TABLE profiles (
  tenancy BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenancy, user_id)
) WITHOUT ROWID;

-- Second names of resources, such as a user's e-mail address: `space` is what each is unique in.
CREATE TABLE aliases (
  tenancy BIGINT NOT NULL,
  id TEXT NOT NULL,
  space TEXT NOT NULL,
  folded TEXT NOT NULL,
  PRIMARY KEY (tenancy, id, space)
) WITHOUT ROWID;
CREATE UNIQUE INDEX aliases_by_name ON aliases (tenancy, space, folded);

CREATE TABLE memberships (
  tenancy BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  group_id TEXT NOT NULL,
  id TEXT NOT NULL,
  created BIGINT NOT NULL,
  etag TEXT NOT NULL,
  PRIMARY KEY (tenancy, user_id, group_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX memberships_by_id ON memberships (tenancy, id);
CREATE INDEX memberships_by_group ON memberships (tenancy, group_id, user_id);

CREATE TABLE api_keys (
  tenancy BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  pem TEXT NOT NULL,
  created BIGINT NOT NULL,
  etag TEXT NOT NULL,
  PRIMARY KEY (tenancy, user_id, fingerprint)
) WITHOUT ROWID;

-- At most one Console password a user. `expires` is set for a one-time password alone; `anchor` is
-- the clock's high-water mark when it was made; `retry` names the retry token whose stored answer
-- holds it: that answer is given again only as long as it does.
CREATE TABLE ui_passwords (
  tenancy BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT,
  anchor BIGINT NOT NULL,
  retry BLOB,
  etag TEXT NOT NULL,
  PRIMARY KEY (tenancy, user_id)
) WITHOUT ROWID;

CREATE TABLE sign_ins (
  tenancy BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  failures BIGINT NOT NULL,
  last_success BIGINT,
  previous_success BIGINT,
  last_failure BIGINT,
  blocked BIGINT,
  PRIMARY KEY (tenancy, user_id)
) WITHOUT ROWID;

CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,
  tenancy BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  purpose BIGINT NOT NULL,
  created BIGINT NOT NULL,
  seen BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (tenancy, user_id);

-- Hashes of the passwords that a user chose before, as many as the password policy asks for.
CREATE TABLE password_history (
  tenancy BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  chosen BIGINT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenancy, user_id, chosen)
) WITHOUT ROWID;

-- Links that were mailed: at most one of a purpose for each user. Of the token only a hash is kept.
-- `bound` stands for the state of the user that the link was made in: in another one it is void.
CREATE TABLE links (
  tenancy BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  purpose TEXT NOT NULL,
  hash TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  anchor BIGINT NOT NULL,
  bound TEXT NOT NULL,
  PRIMARY KEY (tenancy, user_id, purpose)
) WITHOUT ROWID;
CREATE UNIQUE INDEX links_by_hash ON links (hash);

-- What people asked for who cannot sign in. It is written down whoever they name, and looked at
-- later, so that nobody learns from the answer or its time who exists. `names` is sealed.
CREATE TABLE recovery_requests (
  seq INTEGER PRIMARY KEY,
  created BIGINT NOT NULL,
  source TEXT NOT NULL,
  request_id TEXT NOT NULL,
  names BLOB NOT NULL
);

-- How often something happened lately. `name` is a keyed hash of what is counted.
CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  since BIGINT NOT NULL,
  count BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX counters_in_time ON counters (since);

-- Not clustered by its key: hashes are random, and rows in the order of writing share pages.
CREATE TABLE retry_tokens (
  tenancy BIGINT NOT NULL,
  hash BLOB NOT NULL,
  request BLOB NOT NULL,
  created BIGINT NOT NULL,
  answer BLOB NOT NULL,
  PRIMARY KEY (tenancy, hash)
);
CREATE INDEX retry_tokens_in_time ON retry_tokens (created);

CREATE TABLE settings (
  tenancy BIGINT NOT NULL,
  name TEXT NOT NULL,
  etag TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenancy, name)
) WITHOUT ROWID;

-- What happened, a line for each. Lines are numbered without a gap, and `chain` stands for a line and
-- all before it, so that none can be taken out, changed or put elsewhere unseen.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  time BIGINT NOT NULL,
  tenancy BIGINT NOT NULL,
  compartment TEXT NOT NULL,
  actor TEXT NOT NULL,
  source TEXT NOT NULL,
  event TEXT NOT NULL,
  target TEXT NOT NULL,
  outcome TEXT NOT NULL,
  request_id TEXT NOT NULL,
  chain BLOB NOT NULL
);
CREATE INDEX audit_in_time ON audit (tenancy, time);

-- Where the trail begins and ends: `first` is the line before the first that is kept, `last` the last
-- one. Both are sealed with a key that is not in the store.
CREATE TABLE audit_ends (
  name TEXT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  chain BLOB NOT NULL,
  seal BLOB NOT NULL
) WITHOUT ROWID;

-- Letters that wait for a mail server, in the order of writing. `id` is drawn: `seq` may come again
-- when its row is gone. `payload` is sealed, so that no link can be read here. Whoever takes a row
-- moves `due` ahead; when that time has come, it is anyone's again. The index holds `expires` too, so
-- that what waited too long is found without reading the rows.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  tenancy BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  event TEXT NOT NULL,
  payload BLOB NOT NULL,
  created BIGINT NOT NULL,
  due BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  error TEXT
);
CREATE INDEX outbox_by_due ON outbox (due, expires);

-- What goes on after its request was answered. `body` is the model as it goes over the wire, with its
-- logs and errors; `task` is what is to be done, and how far it is. Whoever takes a row moves `due`
-- ahead; when that time has come, it is anyone's again. What has ended is due no more.
CREATE TABLE work_requests (
  tenancy BIGINT NOT NULL,
  id TEXT NOT NULL,
  family TEXT NOT NULL,
  compartment TEXT NOT NULL,
  accepted BIGINT NOT NULL,
  due BIGINT,
  attempts BIGINT NOT NULL,
  body TEXT NOT NULL,
  task TEXT NOT NULL,
  PRIMARY KEY (tenancy, id)
);
CREATE INDEX work_requests_in_time ON work_requests (tenancy, family, compartment, accepted, id);
CREATE INDEX work_requests_by_due ON work_requests (due, accepted);

-- What users show to other services, a few of each kind for a user. `secret` is a keyed hash of what
-- is only compared, or what must be known to be checked, sealed. `retry` names the retry token whose
-- stored answer holds the secret: that answer is given again only as long as it does.
CREATE TABLE credentials (
  tenancy BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  created BIGINT NOT NULL,
  etag TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  secret BLOB NOT NULL,
  retry BLOB,
  PRIMARY KEY (tenancy, user_id, kind, id)
);
CREATE UNIQUE INDEX credentials_by_id ON credentials (tenancy, id);

-- What was refused, the newest of each tenancy, for its administrators who ask why. `asked` is the
-- question as data: never a body, never a secret.
CREATE TABLE refusals (
  tenancy BIGINT NOT NULL,
  time BIGINT NOT NULL,
  request_id TEXT NOT NULL,
  asked TEXT NOT NULL,
  PRIMARY KEY (tenancy, time, request_id)
);
CREATE INDEX refusals_by_request ON refusals (tenancy, request_id);

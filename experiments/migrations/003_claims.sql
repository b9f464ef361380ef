-- The third released form: published numbers, what was measured for them, and
-- the verdicts.

-- A published number and the query that measures it, as it was at a time.
CREATE TABLE claims (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,        -- "guide/avg-f1-hybrid"
  hash       TEXT NOT NULL UNIQUE, -- sha256 of name and definition
  definition TEXT NOT NULL         -- YAML
) STRICT;

CREATE INDEX claims_by_name ON claims (name);

CREATE TABLE verdicts (
  id       INTEGER PRIMARY KEY,
  claim_id INTEGER NOT NULL REFERENCES claims(id) ON DELETE CASCADE,
  judged   INTEGER NOT NULL,
  verdict  TEXT NOT NULL CHECK (verdict IN ('missing', 'not testable', 'calibrated', 'inconclusive', 'reproduced', 'better', 'contradicted')),
  value    REAL, -- measured, in the unit of the claim; NULL where nothing was
  low      REAL,
  high     REAL,
  n        INTEGER NOT NULL, -- runs, or repeats
  revision TEXT NOT NULL,    -- of the program that judged
  body     TEXT NOT NULL     -- JSON of claims.Row
) STRICT;

CREATE INDEX verdicts_by_claim ON verdicts (claim_id, id);

-- The runs behind a verdict.
CREATE TABLE verdict_trials (
  verdict_id INTEGER NOT NULL REFERENCES verdicts(id) ON DELETE CASCADE,
  trial_id   INTEGER NOT NULL REFERENCES trials(id) ON DELETE CASCADE,
  PRIMARY KEY (verdict_id, trial_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX verdict_trials_by_trial ON verdict_trials (trial_id);

-- What was measured otherwise than by runs: times, memory, labels added.
CREATE TABLE probes (
  id       INTEGER PRIMARY KEY,
  key      TEXT NOT NULL UNIQUE CHECK (length(key) = 64), -- sha256 over all it depends on
  kind     TEXT NOT NULL,
  made     INTEGER NOT NULL,
  seconds  REAL NOT NULL,
  revision TEXT NOT NULL,
  device   TEXT NOT NULL,
  body     TEXT NOT NULL -- JSON of claims.Reading
) STRICT;

-- The first released form of the store.
--
-- Times are microseconds since 1970, UTC. A NULL in a value REAL column is NaN
-- (SQLite cannot store NaN); infinities are stored as they are. Seeds are
-- uint64, stored as the int64 of the same bits. BLOBs are described in
-- encode.go.

-- Names of metrics, loss components, entity types and parts, stored once.
CREATE TABLE names (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE corpora (
  id       INTEGER PRIMARY KEY,
  digest   TEXT NOT NULL UNIQUE,
  name     TEXT NOT NULL,
  manifest TEXT NOT NULL -- JSON of corpus.Manifest
) STRICT;

CREATE TABLE schemas (
  id   INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE, -- config.SchemaHash
  name TEXT NOT NULL
) STRICT;

CREATE TABLE schema_entities (
  schema_id INTEGER NOT NULL REFERENCES schemas(id) ON DELETE CASCADE,
  ord       INTEGER NOT NULL,
  name      TEXT NOT NULL,
  grp       TEXT NOT NULL, -- empty without groups
  head      TEXT NOT NULL,
  PRIMARY KEY (schema_id, ord)
) STRICT, WITHOUT ROWID;

-- YAML of experiments, stored once each.
CREATE TABLE settings (
  id   INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE, -- sha256 of text
  text TEXT NOT NULL
) STRICT;

-- A sweep as it was planned. A name whose definition or data changed has
-- several rows; the one planned last is the sweep of that name.
CREATE TABLE sweeps (
  id             INTEGER PRIMARY KEY,
  name           TEXT NOT NULL,
  plan           TEXT NOT NULL, -- sha256 over definition and trial keys
  definition     TEXT NOT NULL, -- YAML
  about          TEXT NOT NULL,
  primary_metric TEXT NOT NULL,
  planned        INTEGER NOT NULL,
  UNIQUE (name, plan)
) STRICT;

CREATE TABLE sweep_levels (
  sweep_id   INTEGER NOT NULL REFERENCES sweeps(id) ON DELETE CASCADE,
  axis       INTEGER NOT NULL,
  level      INTEGER NOT NULL,
  axis_name  TEXT NOT NULL,
  level_name TEXT NOT NULL,
  PRIMARY KEY (sweep_id, axis, level)
) STRICT, WITHOUT ROWID;

CREATE TABLE sweep_seeds (
  sweep_id INTEGER NOT NULL REFERENCES sweeps(id) ON DELETE CASCADE,
  ord      INTEGER NOT NULL,
  seed     INTEGER NOT NULL,
  PRIMARY KEY (sweep_id, ord)
) STRICT, WITHOUT ROWID;

CREATE TABLE trials (
  id           INTEGER PRIMARY KEY,
  key          TEXT NOT NULL UNIQUE CHECK (length(key) = 64),
  seed         INTEGER NOT NULL,
  canonical_id INTEGER NOT NULL REFERENCES settings(id),
  settings_id  INTEGER NOT NULL REFERENCES settings(id), -- with paths as last given
  corpus_id    INTEGER NOT NULL REFERENCES corpora(id),
  schema_id    INTEGER NOT NULL REFERENCES schemas(id)
) STRICT;

CREATE TABLE sweep_trials (
  sweep_id INTEGER NOT NULL REFERENCES sweeps(id) ON DELETE CASCADE,
  ord      INTEGER NOT NULL,
  trial_id INTEGER NOT NULL REFERENCES trials(id),
  PRIMARY KEY (sweep_id, ord),
  UNIQUE (sweep_id, trial_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sweep_trials_by_trial ON sweep_trials (trial_id);

CREATE TABLE trial_levels (
  sweep_id INTEGER NOT NULL,
  ord      INTEGER NOT NULL,
  axis     INTEGER NOT NULL,
  level    INTEGER NOT NULL,
  PRIMARY KEY (sweep_id, ord, axis),
  FOREIGN KEY (sweep_id, ord) REFERENCES sweep_trials (sweep_id, ord) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- One try at a trial. At most one runs, and at most one is done.
CREATE TABLE attempts (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  trial_id   INTEGER NOT NULL REFERENCES trials(id),
  state      TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'stopped', 'lost')),
  owner      TEXT NOT NULL,    -- random name of the call of Run
  host       TEXT NOT NULL,
  machine    TEXT NOT NULL,    -- where pid means something: boot and pid namespace
  pid        INTEGER NOT NULL,
  pid_start  INTEGER NOT NULL, -- tells a process from a later one of the same pid
  started    INTEGER NOT NULL,
  heartbeat  INTEGER NOT NULL,
  finished   INTEGER,
  error      TEXT NOT NULL DEFAULT '',
  revision   TEXT NOT NULL,
  go_version TEXT NOT NULL,
  device     TEXT NOT NULL,
  seconds    REAL,
  best_epoch INTEGER,
  epochs     INTEGER,
  steps      INTEGER,
  tokens     INTEGER,
  parameters INTEGER
) STRICT;

CREATE INDEX attempts_by_trial ON attempts (trial_id, state);
CREATE UNIQUE INDEX one_attempt_runs ON attempts (trial_id) WHERE state = 'running';
CREATE UNIQUE INDEX one_attempt_is_done ON attempts (trial_id) WHERE state = 'done';
CREATE INDEX attempts_running ON attempts (id) WHERE state = 'running';

CREATE TABLE epochs (
  attempt_id INTEGER NOT NULL REFERENCES attempts(id) ON DELETE CASCADE,
  epoch      INTEGER NOT NULL,
  stage      INTEGER NOT NULL,
  steps      INTEGER NOT NULL,
  best       INTEGER NOT NULL,
  seconds    REAL NOT NULL,
  tokens     INTEGER NOT NULL,
  PRIMARY KEY (attempt_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE epoch_points (
  attempt_id INTEGER NOT NULL,
  epoch      INTEGER NOT NULL,
  name_id    INTEGER NOT NULL REFERENCES names(id), -- "loss/crf", "validation/macro_f1"
  value      REAL,
  PRIMARY KEY (attempt_id, epoch, name_id),
  FOREIGN KEY (attempt_id, epoch) REFERENCES epochs (attempt_id, epoch) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Names of the loss components of a step, in the order of their values.
CREATE TABLE step_layouts (
  id         INTEGER PRIMARY KEY,
  components TEXT NOT NULL UNIQUE -- joined by line feeds
) STRICT;

CREATE TABLE steps (
  attempt_id INTEGER NOT NULL REFERENCES attempts(id) ON DELETE CASCADE,
  step       INTEGER NOT NULL,
  epoch      INTEGER NOT NULL,
  stage      INTEGER NOT NULL,
  layout_id  INTEGER NOT NULL REFERENCES step_layouts(id),
  vals       BLOB NOT NULL,
  PRIMARY KEY (attempt_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE metrics (
  attempt_id INTEGER NOT NULL REFERENCES attempts(id) ON DELETE CASCADE,
  name_id    INTEGER NOT NULL REFERENCES names(id),
  value      REAL,
  PRIMARY KEY (attempt_id, name_id)
) STRICT, WITHOUT ROWID;

-- Seconds by part of the step.
CREATE TABLE parts (
  attempt_id INTEGER NOT NULL REFERENCES attempts(id) ON DELETE CASCADE,
  name_id    INTEGER NOT NULL REFERENCES names(id),
  value      REAL,
  PRIMARY KEY (attempt_id, name_id)
) STRICT, WITHOUT ROWID;

-- Training documents that hold each entity type.
CREATE TABLE training_documents (
  attempt_id INTEGER NOT NULL REFERENCES attempts(id) ON DELETE CASCADE,
  name_id    INTEGER NOT NULL REFERENCES names(id),
  documents  INTEGER NOT NULL,
  PRIMARY KEY (attempt_id, name_id)
) STRICT, WITHOUT ROWID;

-- Counts per document and label of each scored split.
CREATE TABLE tallies (
  attempt_id INTEGER NOT NULL REFERENCES attempts(id) ON DELETE CASCADE,
  split      TEXT NOT NULL CHECK (split IN ('validation', 'test', 'heldout')),
  counts     BLOB NOT NULL,
  PRIMARY KEY (attempt_id, split)
) STRICT, WITHOUT ROWID;

-- Files beside the store, named by their content: <store>.files/ab/cdef...
CREATE TABLE artifacts (
  id     INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
  size   INTEGER NOT NULL
) STRICT;

CREATE TABLE attempt_artifacts (
  attempt_id  INTEGER NOT NULL REFERENCES attempts(id) ON DELETE CASCADE,
  kind        TEXT NOT NULL, -- "checkpoint"
  artifact_id INTEGER NOT NULL REFERENCES artifacts(id),
  PRIMARY KEY (attempt_id, kind)
) STRICT, WITHOUT ROWID;

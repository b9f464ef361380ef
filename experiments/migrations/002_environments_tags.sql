-- The second released form: what an attempt was made in, tags and notes.

-- What programs ran in, stored once each.
CREATE TABLE environments (
  id   INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE, -- sha256 of text
  text TEXT NOT NULL         -- JSON of experiments.Environment
) STRICT;

ALTER TABLE attempts ADD COLUMN environment_id INTEGER REFERENCES environments(id); -- NULL before this form

-- Words that people give to runs; they outlive attempts.
CREATE TABLE trial_tags (
  trial_id INTEGER NOT NULL REFERENCES trials(id) ON DELETE CASCADE,
  tag      TEXT NOT NULL CHECK (tag != ''),
  PRIMARY KEY (trial_id, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX trial_tags_by_tag ON trial_tags (tag, trial_id);

CREATE TABLE trial_notes (
  id       INTEGER PRIMARY KEY,
  trial_id INTEGER NOT NULL REFERENCES trials(id) ON DELETE CASCADE,
  written  INTEGER NOT NULL,
  text     TEXT NOT NULL CHECK (text != '')
) STRICT;

CREATE INDEX trial_notes_by_trial ON trial_notes (trial_id, id);

-- To find the artifacts that serve nobody.
CREATE INDEX attempt_artifacts_by_artifact ON attempt_artifacts (artifact_id);

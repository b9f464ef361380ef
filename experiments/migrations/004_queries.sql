-- The fourth released form: indexes for lists of many thousand runs.

-- One metric of all runs, without going through their other metrics.
CREATE INDEX metrics_by_name ON metrics (name_id, attempt_id, value);

-- The trials of a level, without going through all trials of their sweep.
CREATE INDEX trial_levels_by_level ON trial_levels (sweep_id, axis, level, ord);

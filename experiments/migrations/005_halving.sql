-- The fifth released form: trials that successive halving ended early.

-- Epochs after which an attempt was ended at a rung, its state 'stopped'; NULL
-- for all others.
ALTER TABLE attempts ADD COLUMN halted INTEGER;

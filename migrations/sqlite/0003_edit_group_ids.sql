-- Edit groups of several senders: sending one again does nothing twice, and undo and redo are in the log too, so that
-- `MAX(seq)` says how far a reader has come.
ALTER TABLE meta_edits ADD COLUMN group_id TEXT;  -- drawn by the sender
ALTER TABLE meta_edits ADD COLUMN of_seq INTEGER; -- undo or redo: the group it takes back or brings again; its state is 'dropped'
CREATE UNIQUE INDEX meta_edits_group_id_key ON meta_edits (group_id) WHERE group_id IS NOT NULL;

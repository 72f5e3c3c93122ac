-- An entry of a batch with many is shown by the leaf hashes around it and the nodes over all groups, so that neither all
-- leaf hashes are read nor the whole tree is hashed for it.

-- Derived, so nothing is lost: batches that are indexed already are read whole until the index is built again.
TRUNCATE audit.batch;

ALTER TABLE audit.batch
  -- Of the tree over the leaf hashes, the node over each sixteen of them, one after the other. A gateway of the version
  -- before gives none: what it indexes does not lead to the sealed root, and those batches too are read whole.
  ADD COLUMN groups bytea NOT NULL DEFAULT '',
  ALTER COLUMN groups SET STORAGE EXTERNAL;

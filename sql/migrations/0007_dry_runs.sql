-- What a dry run decided: without these columns nobody can say afterwards what would have come of it.
ALTER TABLE foreshape.decision ADD COLUMN order_is_dry boolean NOT NULL DEFAULT false;
ALTER TABLE foreshape.decision ADD COLUMN shaped_memory_bytes bigint CHECK (shaped_memory_bytes > 0);
COMMENT ON COLUMN foreshape.decision.order_is_dry IS 'Order=dry-run: the offset was recorded, and Slurm not told';
COMMENT ON COLUMN foreshape.decision.shaped_memory_bytes IS
  'per node: what Memory=enforce gave instead of the request, or in dry-run and advise would have given; NULL = the request stays';

/** Nothing was recorded, and nothing will be: the database refused, or was never asked. The chain stands as it stood. */
export class NotRecordedError extends Error {
  override readonly name = 'NotRecordedError';
}

/** Recorded or not, nobody knows yet: only the identical bytes sent again, and a comparison, will tell. */
export class CommitInDoubtError extends Error {
  override readonly name = 'CommitInDoubtError';
}

/** This writer may not go on: its lease ran out, somebody closed it, or other bytes stand in its place. */
export class WriterEndedError extends Error {
  override readonly name = 'WriterEndedError';
}

/** The database lacks what a writer of this process acknowledged: it was restored, or its tail was cut off. */
export class DatabaseBehindError extends Error {
  override readonly name = 'DatabaseBehindError';
}

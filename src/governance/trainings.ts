import type pg from 'pg';
import { z } from 'zod';
import { parseRecord, run, text, time, type ControlDatabase } from './record-store.js';

const trainingSchema = z.strictObject({
  id: text,
  /** As `personIdOf` names them. */
  person: text,
  /** As `training:` in the policy's conditions. */
  course: text,
  version: text,
  /** Milliseconds since 1970. */
  completedAt: time,
  /** Null: never. */
  expiresAt: time.nullable(),
});

/** A course that a person has completed. */
export type Training = Readonly<z.output<typeof trainingSchema>>;

/** What the checks of a request need of a training; times in milliseconds, Infinity where it does not expire. */
export type TrainingFact = Pick<Training, 'id' | 'person' | 'course' | 'completedAt'> & {
  readonly expiresAt: number;
};

/**
 * Records a training as it now stands; one of the same id is replaced.
 * @throws RecordError, LEDGER_UNAVAILABLE
 */
export async function recordTraining(database: ControlDatabase, training: Training): Promise<void> {
  const { id, person, course, version, completedAt, expiresAt } = parseRecord(trainingSchema, training);
  await run(
    database,
    `INSERT INTO governance.training (id, person, course, version, completed_at, expires_at)
     VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000), to_timestamp($6::float8 / 1000))
     ON CONFLICT (id) DO UPDATE SET
       person = excluded.person, course = excluded.course, version = excluded.version,
       completed_at = excluded.completed_at, expires_at = excluded.expires_at, recorded_at = now()`,
    [id, person, course, version, completedAt, expiresAt],
  );
}

interface TrainingRow {
  readonly id: string;
  readonly person: string;
  readonly course: string;
  readonly completed: number;
  readonly expires: number;
}

/** Every training, in the order of ids. */
export async function loadTrainings(client: pg.ClientBase): Promise<readonly TrainingFact[]> {
  const { rows } = await client.query<TrainingRow>(
    `SELECT id, person, course, (extract(epoch FROM completed_at) * 1000)::float8 AS completed,
       (extract(epoch FROM coalesce(expires_at, 'infinity')) * 1000)::float8 AS expires
     FROM governance.training ORDER BY id COLLATE "C"`,
  );
  return rows.map(({ id, person, course, completed, expires }) => ({
    id,
    person,
    course,
    completedAt: completed,
    expiresAt: expires,
  }));
}

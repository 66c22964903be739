// One transaction, repeated where the database asks for it, and the names of the errors callers decide on.
// The work passed in may run several times: it must change nothing but rows of its own tx.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db, Tx } from './client.js';
import { errorCode, findDriverCause, isConnectionFailure } from './driver-error.js';
import { runInScope } from './transaction-scope.js';

export interface TransactOptions {
  /** How often the work may run in all; 5 when left out. */
  attempts?: number;
  /** How long the work may take, in milliseconds; 30,000 when left out. */
  timeoutMs?: number;
  /** How long to wait for a connection, in milliseconds; 15,000 when left out. */
  maxWaitMs?: number;
}

const ATTEMPTS = 5;
const TIMEOUT_MS = 30_000;
// The embedded engine has one session: everybody else waits while a transaction runs.
const MAX_WAIT_MS = 15_000;

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const UNIQUE_VIOLATION = '23505';

/**
 * Runs `work` in one READ COMMITTED transaction and repeats it after a serialization failure or deadlock.
 * Any error thrown by `work` rolls back and is passed on.
 * @throws ClientInsideTransactionError when `work` uses the outer client, or calls transact again.
 */
export async function transact<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  options: TransactOptions = {},
): Promise<T> {
  const attempts = options.attempts ?? ATTEMPTS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.$transaction((tx) => runInScope(() => work(tx)), {
        timeout: options.timeoutMs ?? TIMEOUT_MS,
        maxWait: options.maxWaitMs ?? MAX_WAIT_MS,
      });
    } catch (error) {
      if (attempt >= attempts || !isWriteConflict(error)) throw error;
      await sleep(attempt * jitterMs());
    }
  }
}

/** Whether the transaction lost against another one and may simply be run again. */
export function isWriteConflict(error: unknown): boolean {
  if (errorCode(error) === 'P2034') return true;
  const cause = findDriverCause(error);
  return (
    cause?.kind === 'TransactionWriteConflict' ||
    cause?.originalCode === SERIALIZATION_FAILURE ||
    cause?.originalCode === DEADLOCK_DETECTED
  );
}

/** Whether the error is a violation of exactly this unique constraint or unique index. */
export function isUniqueViolation(error: unknown, constraintName: string): boolean {
  const cause = findDriverCause(error);
  return cause?.originalCode === UNIQUE_VIOLATION && cause.constraint === constraintName;
}

/** Whether the database could not be reached or gave no answer: nothing is wrong with the request itself. */
export function isUnavailable(error: unknown): boolean {
  return isConnectionFailure(error);
}

function jitterMs(): number {
  return 5 + Math.random() * 20;
}

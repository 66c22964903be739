// Knows whether the running code is inside transact(), and refuses the outer client there: on the embedded
// engine it would wait for its own transaction, on PostgreSQL it would silently work outside of it.
import { AsyncLocalStorage } from 'node:async_hooks';

interface Scope {
  open: boolean;
}

const scopes = new AsyncLocalStorage<Scope>();

/** The outer client was used where only the transaction's own client may be. */
export class ClientInsideTransactionError extends Error {
  override readonly name = 'ClientInsideTransactionError';
  constructor(member: string) {
    super(`Inside transact() use the tx it passes: db.${member} would work outside of the transaction.`);
  }
}

/** Runs `work` as the inside of a transaction; what it leaves running is outside again once it returns. */
export async function runInScope<T>(work: () => Promise<T>): Promise<T> {
  const scope: Scope = { open: true };
  try {
    return await scopes.run(scope, work);
  } finally {
    scope.open = false;
  }
}

/** @throws ClientInsideTransactionError inside transact() */
export function refuseInsideTransaction(member: string): void {
  if (scopes.getStore()?.open === true) throw new ClientInsideTransactionError(member);
}

/** The same client, whose every use inside transact() throws ClientInsideTransactionError at once. */
export function forbidInsideTransaction<T extends object>(client: T): T {
  return new Proxy(client, {
    get(target, member) {
      if (typeof member === 'string') refuseInsideTransaction(member);
      const value: unknown = Reflect.get(target, member, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

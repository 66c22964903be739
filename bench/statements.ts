// What a call sends to the database, to be sent again by the driver alone: the floor of its time.
import { Client, type QueryConfig } from 'pg';

/** The statements of one call, in their order. */
export async function statementsOf(work: () => Promise<unknown>): Promise<QueryConfig[]> {
  const sent: QueryConfig[] = [];
  const query: unknown = Reflect.get(Client.prototype, 'query');
  if (typeof query !== 'function') throw new TypeError('the driver has no query');
  Reflect.set(Client.prototype, 'query', function record(this: Client, ...given: unknown[]) {
    const [statement] = given;
    if (isStatement(statement)) sent.push(statement);
    return Reflect.apply(query, this, given);
  });
  try {
    await work();
  } finally {
    Reflect.set(Client.prototype, 'query', query);
  }
  return sent;
}

const isStatement = (value: unknown): value is QueryConfig =>
  typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string';

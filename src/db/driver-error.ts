// Reads the errors of Prisma, its adapter and the driver, as they are in the pinned versions. It only
// looks, it never translates: what an error means to a user is decided elsewhere.

/** What the adapter knows about a failure; `originalCode` is the SQLSTATE where the server sent one. */
export interface DriverCause {
  kind: string;
  originalCode: string | undefined;
  constraint: string | undefined;
}

const MAX_DEPTH = 5;

// The server goes away, is starting, or has no place left; class 08 is every connection exception.
const UNAVAILABLE_STATES = new Set(['57P01', '57P02', '57P03', '53300']);
const UNAVAILABLE_KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);
const UNAVAILABLE_CODES = new Set(
  (
    'P1001 P1002 P1008 P1017 P2024 P2037 ' +
    'ECONNREFUSED ECONNRESET ETIMEDOUT ENOTFOUND EAI_AGAIN EPIPE EHOSTUNREACH ENETUNREACH EIO'
  ).split(' '),
);
// The driver throws these without any code.
const UNAVAILABLE_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Cannot use a pool after calling end on the pool',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
];

/** The adapter's description of a failure, wherever Prisma put it: in `meta`, or as the error itself. */
export function findDriverCause(error: unknown): DriverCause | undefined {
  for (let at = error, depth = 0; isRecord(at) && depth < MAX_DEPTH; depth += 1) {
    if (typeof at.kind === 'string') return toDriverCause(at.kind, at);
    at =
      isRecord(at.meta) && at.meta.driverAdapterError !== undefined ? at.meta.driverAdapterError : at.cause;
  }
  return undefined;
}

/** The code of a Prisma, system or server error, for example P2034, ECONNREFUSED or 40001. */
export function errorCode(error: unknown): string | undefined {
  return isRecord(error) && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the failure says that no working connection was to be had. */
export function isConnectionFailure(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined && (UNAVAILABLE_CODES.has(code) || isUnavailableState(code))) return true;
  const cause = findDriverCause(error);
  if (cause !== undefined) return UNAVAILABLE_KINDS.has(cause.kind) || isUnavailableState(cause.originalCode);
  if (!(error instanceof Error)) return false;
  if (code === 'P2028') return error.message.includes('Unable to start a transaction');
  return (
    UNAVAILABLE_MESSAGES.some((message) => error.message.includes(message)) ||
    isConnectionFailure(error.cause)
  );
}

function toDriverCause(kind: string, cause: Record<string, unknown>): DriverCause {
  const { originalCode, constraint } = cause;
  return {
    kind,
    originalCode: typeof originalCode === 'string' ? originalCode : undefined,
    constraint: isRecord(constraint) && typeof constraint.index === 'string' ? constraint.index : undefined,
  };
}

function isUnavailableState(state: string | undefined): boolean {
  return state !== undefined && (UNAVAILABLE_STATES.has(state) || /^08\w{3}$/.test(state));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

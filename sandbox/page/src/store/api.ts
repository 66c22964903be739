// Every request the page makes to the sandbox server; the only file that calls fetch.
import type {
  Clock,
  File,
  History,
  InteractionResult,
  JournalEntry,
  Message,
  OptionsResult,
  State,
  User,
  View,
} from '../../../server/protocol.js';
import type {
  ActionRequest,
  ClockRequest,
  CloseRequest,
  CommandRequest,
  MessageRequest,
  OptionsRequest,
  ShortcutRequest,
  SubmitRequest,
} from '../../../server/protocol-requests.js';

/** The server refused or could not be reached; `message` is fit to be shown. */
export class ApiError extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

async function readJson<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  const reason = body as { error?: string; message?: string } | undefined;
  throw new ApiError(reason?.message ?? reason?.error ?? `HTTP ${response.status}`, response.status);
}

async function get<T>(path: string, query: Record<string, string | undefined>): Promise<T> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value);
  return readJson<T>(await fetch(`/sandbox/${path}?${search}`));
}

async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(`/sandbox/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return readJson<T>(response);
}

export const fetchState = (as: string) => get<State>('state', { as });

/** The workspace's name and people, for a window that is nobody yet. */
export async function fetchPeople(): Promise<{ team: string; users: User[] }> {
  const world = await get<{ team: State['team']; users: Record<string, User> }>('control/state', {});
  return { team: world.team.name, users: Object.values(world.users) };
}

export const fetchHistory = (as: string, channel: string, thread_ts?: string, before?: string) =>
  get<History>('history', { as, channel, thread_ts, before });
export const fetchHome = (as: string) => get<{ view: View | null }>('home', { as });
export const fetchJournal = (since: number) =>
  get<{ entries: JournalEntry[] }>('journal', { since: String(since) });
export const markRead = (as: string, channel: string, ts: string) =>
  post<unknown>('mark', { as, channel, ts });
export const sendMessage = (body: MessageRequest) => post<{ ok: boolean; message: Message }>('message', body);
export const sendCommand = (body: CommandRequest) => post<InteractionResult>('command', body);
export const sendShortcut = (body: ShortcutRequest) => post<InteractionResult>('shortcut', body);
export const sendAction = (body: ActionRequest) => post<InteractionResult>('action', body);
export const sendOptions = (body: OptionsRequest) => post<OptionsResult>('options', body);
export const sendSubmit = (body: SubmitRequest) => post<InteractionResult>('submit', body);
export const sendClose = (body: CloseRequest) => post<InteractionResult>('close', body);
export const moveClock = (body: ClockRequest) => post<{ clock: Clock }>('clock', body);

/** Uploads one file for the person; it stays private to them until a message or a submission shares it. */
export async function uploadFile(as: string, file: Blob & { name: string }): Promise<File> {
  const query = new URLSearchParams({ as, name: file.name });
  const response = await fetch(`/sandbox/upload?${query}`, {
    method: 'POST',
    headers: { 'content-type': file.type || 'application/octet-stream' },
    body: file,
  });
  return (await readJson<{ file: File }>(response)).file;
}

/** Address of a private file for this person, on the server that serves the page. */
export function fileUrl(file: File, as: string): string {
  const path = new URL(file.url_private, window.location.href).pathname;
  return `${path}?as=${encodeURIComponent(as)}`;
}

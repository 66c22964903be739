// Talks over the socket of a data directory's lock: another process asks its owner one question and gets one answer, each
// a line. Whoever may write into the directory may ask.
import { connect, type Socket } from 'node:net';

/** The answer to what another process asked. */
export type Answer = (question: string) => Promise<string>;

const QUESTION_TIMEOUT_MS = 5_000;
const MAX_QUESTION = 1_000;

/** Answers one question of a connection; whoever only knocks, or asks nothing, is let go. */
export function answerOn(socket: Socket, answer: Answer | undefined): void {
  socket.on('error', () => {});
  if (!answer) {
    socket.destroy();
    return;
  }
  let text = '';
  socket.setEncoding('utf8').setTimeout(QUESTION_TIMEOUT_MS, () => socket.destroy());
  socket.on('data', (piece: string) => {
    if (text.includes('\n')) return;
    text += piece;
    const end = text.indexOf('\n');
    if (text.length > MAX_QUESTION) socket.destroy();
    if (end < 0) return;
    socket.setTimeout(0);
    answer(text.slice(0, end)).then(
      (line) => socket.end(`${line}\n`),
      () => socket.destroy(),
    );
  });
}

/** Asks the process behind a socket. @returns undefined when it gives no answer */
export function askOn(path: string, question: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(path, () => socket.write(`${question}\n`));
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text.endsWith('\n') ? text.slice(0, -1) : undefined));
  });
}

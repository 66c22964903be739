// What passes between the sandbox and the app: requests, answers with their times, calls and events.
import { useState } from 'react';
import type { JournalEntry } from '../../../server/protocol.js';
import { useDirectory, usePage } from '../store/page-context.js';
import { makeFormatter } from '../text/format-time.js';
import { Icon } from '../ui/icon.js';
import { ScrollBox } from '../ui/scroll-box.js';
import { useLanguage, type Words } from '../words/words.js';

const OPEN_KEY = 'journal-open';
const ACK_LIMIT_MS = 3000;

const kindWord = (kind: JournalEntry['kind'], words: Words): string =>
  ({ request: words.kindRequest, ack: words.kindAck, call: words.kindCall, event: words.kindEvent })[kind];

/** The collapsible pane; newest on top. */
export function JournalPane() {
  const language = useLanguage();
  const { words } = language;
  const { as, state } = usePage();
  const { users } = useDirectory();
  const [open, setOpen] = useState(() => localStorage.getItem(OPEN_KEY) === 'yes');
  const [mineOnly, setMineOnly] = useState(false);
  const entries = mineOnly ? state.journal.filter((entry) => entry.user === as) : state.journal;
  const last = state.journal.at(-1);
  const clock = makeFormatter(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });

  const toggle = () => {
    localStorage.setItem(OPEN_KEY, open ? 'no' : 'yes');
    setOpen(!open);
  };
  return (
    <section className={open ? 'journal journal-open' : 'journal'} aria-label={words.journal}>
      <header className="journal-bar">
        <button type="button" className="journal-toggle" aria-expanded={open} onClick={toggle}>
          <Icon name="pulse" />
          <strong>{words.journal}</strong>
          {!open && last && <JournalLast entry={last} />}
          <Icon name={open ? 'down' : 'up'} />
        </button>
        {open && (
          <label className="journal-filter">
            <input
              type="checkbox"
              checked={mineOnly}
              onChange={(event) => setMineOnly(event.target.checked)}
            />{' '}
            {words.journalMine}
          </label>
        )}
      </header>
      {open && (
        <ScrollBox className="journal-scroll" label={words.journalHint}>
          {entries.length === 0 ? (
            <p className="empty">{words.journalEmpty}</p>
          ) : (
            <ol className="journal-list">
              {entries.toReversed().map((entry) => (
                <li key={entry.n} className={`journal-entry journal-${entry.kind}`} data-journal-n={entry.n}>
                  <time dateTime={entry.at}>{clock.format(Date.parse(entry.at))}</time>
                  <span className="journal-kind">{kindWord(entry.kind, words)}</span>
                  <strong title={entry.name}>{entry.name}</strong>
                  <Took entry={entry} />
                  <span className="journal-user">
                    {users.get(entry.user ?? '')?.real_name ?? entry.user ?? ''}
                  </span>
                  <span className="journal-summary" title={entry.summary}>
                    {entry.summary}
                  </span>
                </li>
              ))}
            </ol>
          )}
        </ScrollBox>
      )}
    </section>
  );
}

function JournalLast({ entry }: { entry: JournalEntry }) {
  return (
    <span className="journal-last">
      {entry.name} <Took entry={entry} />
    </span>
  );
}

function Took({ entry }: { entry: JournalEntry }) {
  const { words } = useLanguage();
  const isLate = entry.kind === 'ack' && (entry.ms ?? 0) > ACK_LIMIT_MS;
  const isBad = isLate || !['ok', 'acked', 'sent', 'delivered', ''].includes(entry.status);
  const time = entry.ms === undefined ? '' : `${Math.round(entry.ms)} ms `;
  return (
    <span className={isBad ? 'journal-status journal-bad' : 'journal-status'}>
      {time}
      {isLate ? words.tooLate : entry.status}
    </span>
  );
}

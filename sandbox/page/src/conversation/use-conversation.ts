// Loads a channel's or thread's messages and older pages of them, and marks it read while it is looked at.
import { useCallback, useEffect, useRef, useState } from 'react';
import { fetchHistory, markRead } from '../store/api.js';
import { usePage } from '../store/page-context.js';
import { conversationKey } from '../store/state.js';

/** The messages of a place; undefined until loaded. */
export function useConversation(channel: string, threadTs?: string) {
  const { as, state, change } = usePage();
  const key = conversationKey(channel, threadTs);
  const conversation = state.conversations[key];
  const [older, setOlder] = useState<'idle' | 'loading' | 'failed'>('idle');
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const loading = useRef(false);
  const isMissing = conversation === undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks again
  useEffect(() => {
    if (!isMissing) return;
    let stopped = false;
    setFailed(false);
    fetchHistory(as, channel, threadTs).then(
      (history) => {
        if (!stopped) change({ type: 'history', key, conversation: history, older: false });
      },
      () => {
        if (!stopped) setFailed(true);
      },
    );
    return () => {
      stopped = true;
    };
  }, [as, channel, threadTs, key, isMissing, change, attempt]);

  const first = conversation?.messages[0]?.ts;
  const hasMore = conversation?.hasMore ?? false;
  const loadOlder = useCallback(async () => {
    if (loading.current || !hasMore || first === undefined) return;
    loading.current = true;
    setOlder('loading');
    try {
      const history = await fetchHistory(as, channel, threadTs, first);
      change({ type: 'history', key, conversation: history, older: true });
      setOlder('idle');
    } catch {
      setOlder('failed');
    } finally {
      loading.current = false;
    }
  }, [as, channel, threadTs, key, first, hasMore, change]);

  const last = conversation?.messages.findLast((message) => !message.ephemeral)?.ts;
  const known = state.server.channels.find((one) => one.id === channel);
  const isUnread = (known?.unread ?? 0) > 0;
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const onChange = () => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', onChange);
    return () => document.removeEventListener('visibilitychange', onChange);
  }, []);
  useEffect(() => {
    if (threadTs || last === undefined || !isUnread || !visible) return;
    change({ type: 'read', channel });
    // Unread marks come back from the server when this is lost; nothing depends on it.
    markRead(as, channel, last).catch(() => {});
  }, [as, channel, threadTs, last, isUnread, visible, change]);

  // Drawn where reading stopped when the place was opened; what arrives while one looks is not called new.
  const [opened] = useState(() => (isUnread && !threadTs ? (known?.last_read ?? '0') : undefined));
  const newFrom = conversation?.messages.find(
    (message) => opened !== undefined && message.ts > opened && !message.ephemeral && message.user !== as,
  )?.ts;

  return { conversation, newFrom, failed, retry: () => setAttempt((count) => count + 1), older, loadOlder };
}

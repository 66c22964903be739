// What people type stays text wherever it stands: it neither formats nor pings.
import { describe, expect, it } from 'vitest';
import { DomainError, type ErrorCode } from '../../src/domain/errors.js';
import { localDate } from '../../src/domain/local-date.js';
import { sentence } from '../../src/handlers/errors.js';
import { escapeMrkdwn, notificationText } from '../../src/handlers/views/blocks.js';

describe('escapeMrkdwn', () => {
  it.each([
    ['*粗体* _斜_ ~删~ `码`', '＊粗体＊ ＿斜＿ ～删～ ｀码｀'],
    ['<!channel> & <@U1>', '&lt;!channel&gt; &amp; &lt;@U1&gt;'],
    ['a_b 3*4', 'a_b 3*4'],
    ['HT-2026-0001', 'HT-2026-0001'],
  ])('%s', (typed, shown) => {
    expect(escapeMrkdwn(typed)).toBe(shown);
  });
});

describe('notificationText', () => {
  it('keeps links to channels, and escapes the rest', () => {
    expect(notificationText('<@U1>: <!channel> in <#C1> & more')).toBe(
      '&lt;@U1&gt;: &lt;!channel&gt; in <#C1> &amp; more',
    );
    expect(notificationText('plain')).toBe('plain');
    expect(notificationText('&lt;!channel&gt; &amp;')).toBe('&lt;!channel&gt; &amp;');
  });
});

describe('a refusal', () => {
  const reader = (locale: 'zh-CN' | 'en') => ({
    locale,
    now: new Date('2026-11-20T02:00:00Z'),
    today: localDate('2026-11-20'),
    timezone: 'Asia/Shanghai',
  });
  const denied = new DomainError<ErrorCode>('access.denied', {
    action: 'contract.create',
    needs: ['rep', 'sales_manager', 'sales_director'],
    has: ['finance'],
    names: ['李雷'],
  });

  it('names the roles of which one is enough', () => {
    expect(sentence(denied, reader('zh-CN'))).toContain('新建合同需要销售、销售主管或销售总监');
    expect(sentence(denied, reader('en'))).toContain('needs Sales rep, Sales manager, or Sales director');
  });

  it('names no role that the person has: it is whose the record is', () => {
    const beyond = new DomainError<ErrorCode>('access.denied', {
      action: 'contract.create',
      needs: ['rep', 'sales_manager'],
      has: ['rep'],
      names: [],
    });
    expect(sentence(beyond, reader('zh-CN'))).toBe('新建合同只限你和你团队负责的记录。找它的负责人或上级。');
    expect(sentence(beyond, reader('en'))).toMatch(/is for your own records and your team’s/);
  });

  it('writes a limit with separators', () => {
    const tooMuch = new DomainError<ErrorCode>('amount.out_of_range', {
      max: '9999999999999.99',
      decimals: 2,
    });
    expect(sentence(tooMuch, reader('zh-CN'))).toContain('9,999,999,999,999.99');
  });
});

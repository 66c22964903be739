import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localDate } from '../../../src/domain/local-date.js';
import { type BankNotice, readBankNotice } from '../../../src/domain/receipts/bank-notice.js';

const today = localDate('2026-11-21');
/** amounts, payer, day, slip number: as one line. */
const told = ({ amounts, payer, receivedOn, slipNo }: BankNotice): string =>
  [
    amounts.map(({ minor, currency }) => `${currency} ${minor}`).join(' | '),
    payer ?? '-',
    receivedOn ?? '-',
    slipNo ?? '-',
  ].join(' / ');

const SAMPLES: [name: string, text: string, expected: string][] = [
  [
    '工行短信',
    '【工商银行】您尾号1234卡11月20日10:32工商银行收入(转账汇款)300,000.00元，余额1,234,567.89元。对方户名：星海重工有限公司。',
    'CNY 30000000 / 星海重工有限公司 / 2026-11-20 / -',
  ],
  [
    '建行短信',
    '【建设银行】星海重工有限公司11月20日10时32分向您尾号5678的账户电子汇入存入人民币300000.00元,活期余额1234567.89元。',
    'CNY 30000000 / 星海重工有限公司 / 2026-11-20 / -',
  ],
  [
    '招行短信',
    '【招商银行】您账户1234于11月20日10:32入账人民币300,000.00元，付款方星海重工，备注货款。余额500.00元',
    'CNY 30000000 / 星海重工 / 2026-11-20 / -',
  ],
  [
    '招行实时到账',
    '您尾号1234的账户11月19日实时到账￥88,888.88，付方：东方机械（上海）有限公司，流水号K0099881。',
    'CNY 8888888 / 东方机械（上海）有限公司 / 2026-11-19 / K0099881',
  ],
  [
    'brackets that are no part of the name',
    '到账通知：付款方：星海重工(对公)，金额：300.00元；对方户名:华北机械(尾号5678)余额1.00元',
    'CNY 30000 / 星海重工 / - / -',
  ],
  [
    'a notice whose labels stand in one line',
    '中国建设银行 对公入账通知 收款金额：￥80,000.00 付款人名称：恒达矿业有限公司 交易时间：2026年11月20日 09:12:33 交易流水号：CCB7781203 用途：货款',
    'CNY 8000000 / 恒达矿业有限公司 / 2026-11-20 / CCB7781203',
  ],
  [
    'an English notice whose labels stand in one line',
    'Incoming payment received. Amount: CNY 261,000.00 Payer: Bluewater Shipyard Value date: 2026-11-20 Reference: BW/2026/0014 Available balance: CNY 1,002,000.00',
    'CNY 26100000 / Bluewater Shipyard / 2026-11-20 / BW/2026/0014',
  ],
  [
    'a payer called as a label is',
    'Amount: CNY 500.00 Payer: Date Bank Number Ltd Time: 2026-11-20',
    'CNY 50000 / Date Bank Number Ltd / 2026-11-20 / -',
  ],
  [
    '农行短信，日期用横线',
    '农行：张三于2026-11-20 16:20向您尾数0912账户完成转存交易人民币216000.00，余额300000.00。',
    'CNY 21600000 / 张三 / 2026-11-20 / -',
  ],
  [
    'a group company in English',
    'Incoming payment USD 12,500.00 from STARSEA (SHANGHAI) CO., LTD on 20 Nov 2026',
    'USD 1250000 / STARSEA (SHANGHAI) CO., LTD / 2026-11-20 / -',
  ],
  [
    '农行短信',
    '【中国农业银行】星海重工有限公司于11月20日10:32向您尾号1234账户完成转账交易人民币300000.00，余额1234567.89。',
    'CNY 30000000 / 星海重工有限公司 / 2026-11-20 / -',
  ],
  [
    '中行短信',
    '【中国银行】您的对公账户6217****1234于2026年11月18日入账(汇款)人民币45,600.50元，对方：华北建设集团，交易后余额1,000.00元',
    'CNY 4560050 / 华北建设集团 / 2026-11-18 / -',
  ],
  [
    '交行短信',
    '【交通银行】贵公司尾号1234账户于2026年11月20日10:32转入300,000.00元，付款人:星海重工。交易流水号20261120123456',
    'CNY 30000000 / 星海重工 / 2026-11-20 / 20261120123456',
  ],
  [
    '邮储短信',
    '【邮储银行】26年11月20日10:32您尾号123账户他行来账金额300000.00元，余额1000.00元。对方户名:星海重工',
    'CNY 30000000 / 星海重工 / 2026-11-20 / -',
  ],
  [
    '到账通知邮件',
    '到账通知\n付款人名称：星海重工有限公司\n付款账号：6222000011112222333\n收款人名称：某某设备有限公司\n金额（小写）：¥300,000.00\n金额（大写）：叁拾万元整\n交易日期：2026-11-20\n交易流水号：G2026112000001',
    'CNY 30000000 / 星海重工有限公司 / 2026-11-20 / G2026112000001',
  ],
  [
    '电子回单',
    '中国工商银行 电子回单\n回单编号: 0099-1234-5678\n付款户名: 南方物流有限公司\n交易金额: CNY 1200.00\n手续费: CNY 15.00\n记账日期: 20261117',
    'CNY 120000 / 南方物流有限公司 / 2026-11-17 / 0099-1234-5678',
  ],
  ['万元', '财务：星海今天打来30万，剩下的月底。', 'CNY 30000000 / - / 2026-11-21 / -'],
  ['全角', '到账３００，０００．００元', 'CNY 30000000 / - / - / -'],
  ['跨年', '【工商银行】您尾号1234卡12月31日9:02收入1,000.00元。', 'CNY 100000 / - / 2025-12-31 / -'],
  [
    '两个金额',
    '星海付款两笔：第一笔 100,000.00元，第二笔 50,000.00元，11月20日到账。',
    'CNY 10000000 | CNY 5000000 / - / 2026-11-20 / -',
  ],
  ['没有金额', '星海说款已经付了，请查收。', ' / - / - / -'],
  ['只有余额', '【工商银行】您尾号1234卡余额1,234,567.89元。', ' / - / - / -'],
  [
    'HSBC',
    'HSBC: A credit of USD 12,500.00 was received on 20 Nov 2026 from STARSEA HEAVY LTD. Ref: TT20261120-01. Available balance USD 99,000.00',
    'USD 1250000 / STARSEA HEAVY LTD / 2026-11-20 / TT20261120-01',
  ],
  [
    'advice',
    'Incoming payment\nRemitter: ACME GmbH\nAmount: EUR 5,000.00\nCharges: EUR 12.00\nValue date: 2026-11-20\nTransaction ID: 0099812',
    'EUR 500000 / ACME GmbH / 2026-11-20 / 0099812',
  ],
  [
    'e-mail',
    "You've received a payment of CNY 300,000.00 from Starsea Trading Co., Ltd, reference 1234567, on Nov 20, 2026.",
    'CNY 30000000 / Starsea Trading Co., Ltd / 2026-11-20 / 1234567',
  ],
  [
    'Standard Chartered',
    'Your account ending 1234 was credited with HKD 100,000 on 20/11/2026 by XYZ LIMITED. Transaction reference: FT26324ABC99',
    'HKD 10000000 / XYZ LIMITED / 2026-11-20 / FT26324ABC99',
  ],
  [
    'yen',
    'Credit advice. Ordering customer: NIPPON KIKAI KK\nAmount JPY 1,250,000\n19-Nov-2026\nTrace no. 445566',
    'JPY 1250000 / NIPPON KIKAI KK / 2026-11-19 / 445566',
  ],
  [
    'a day that can be read two ways',
    'Received USD 10.00 on 05/11/2026 from Bob Machines',
    'USD 1000 / Bob Machines / - / -',
  ],
  ['a day ahead', 'Received USD 10.00 on 2026-12-05 from Bob Machines', 'USD 1000 / Bob Machines / - / -'],
  ['money out', '【工商银行】您尾号1234卡支出-300.00元', ' / - / - / -'],
  [
    'money out without a sign',
    '【工商银行】您尾号1234卡11月20日10:32工商银行支出(转账)300,000.00元，余额1.00元。',
    ' / - / 2026-11-20 / -',
  ],
  [
    'money out in English',
    'Your account was debited USD 10.00; USD 5.00 was withdrawn; paid to Bob: USD 7.00',
    ' / - / - / -',
  ],
];

/** What colleagues and customers write; the fifth part is who is said to have paid. */
const SAID: [text: string, expected: string][] = [
  [
    'Bluewater Shipyard paid 261k on Nov 20, ref BW-778',
    'CNY 26100000 / - / 2026-11-20 / BW-778 / Bluewater Shipyard',
  ],
  ['They paid 100,000 and 161,000 today', 'CNY 10000000 | CNY 16100000 / - / 2026-11-21 / - / -'],
  [
    'FYI: Eastport Terminal Co. has just wired USD 1.25M yesterday (slip no. 55-9081).',
    'USD 125000000 / - / 2026-11-20 / 55-9081 / Eastport Terminal Co.',
  ],
  [
    'Received from Harbour Crane Services today: 1.2 million yuan, slip 778899',
    'CNY 120000000 / Harbour Crane Services / 2026-11-21 / 778899 / -',
  ],
  [
    'Payment of EUR 5.000,00 from Nordhafen GmbH on 18.11.2026, txn 20261118A7',
    'EUR 500000 / Nordhafen GmbH / 2026-11-18 / 20261118A7 / -',
  ],
  ['They sent 45000 on 11/18, ref: PO-12', 'CNY 4500000 / - / 2026-11-18 / PO-12 / -'],
  ['Payment 2/3 from Acme: CNY 100 000', 'CNY 10000000 / Acme / - / - / -'],
  ['Acme settled £3,000 on 18 November', 'GBP 300000 / - / 2026-11-18 / - / Acme'],
  ['200 thousand dollars came in on November 19th', 'USD 20000000 / - / 2026-11-19 / - / -'],
  // What was paid is not what is owed, promised, left or counted.
  ['They owed 300,000 and paid 261,000 today', 'CNY 26100000 / - / 2026-11-21 / - / -'],
  ['Acme will pay 161,000 on Dec 3', ' / - / 2025-12-03 / - / -'],
  ['Acme paid 100,000 today, the rest (161,000) comes on Dec 15', 'CNY 10000000 / - / 2026-11-21 / - / Acme'],
  ['Paid 100,000 yesterday; 161,000 is still outstanding', 'CNY 10000000 / - / 2026-11-20 / - / -'],
  ['Acme paid for 1,200 pcs of the 5,000 units', ' / - / - / - / Acme'],
  ['Contract amount 5,000,000, they paid 30% which is 1,500,000', 'CNY 150000000 / - / - / - / -'],
  // Written two ways, asked about.
  ['Received EUR 1.250 from Bob', 'EUR 125 | EUR 125000 / Bob / - / - / -'],
  ['Invoice 778 500 CNY paid', 'CNY 77850000 | CNY 50000 / - / - / - / Invoice 778 500 CNY'],
  // A currency that is no base currency stays what it is.
  ['SGD 5,000 received from Merlion Port on 2026-11-20', 'SGD 500000 / Merlion Port / 2026-11-20 / - / -'],
  ['On 20 Nov 2026 USD 9,000.00 arrived', 'USD 900000 / - / 2026-11-20 / - / -'],
  ['星海重工昨天打来26.1万，流水BW778001', 'CNY 26100000 / - / 2026-11-20 / BW778001 / 星海重工'],
  ['东方机械11月18日汇了30万元和5万元', 'CNY 30000000 | CNY 5000000 / - / 2026-11-18 / - / -'],
  ['客户承诺下周付30万', ' / - / - / - / -'],
  ['星海付了50万，还剩80万月底付', 'CNY 50000000 / - / - / - / 星海'],
  ['合同金额500万元，今天到账150万元', 'CNY 150000000 / - / 2026-11-21 / - / -'],
  ['华北建设付款3000台的货款120,000元', 'CNY 12000000 / - / - / - / 华北建设'],
];

describe('a bank notice', () => {
  it.each([
    ['Your account was credited with 1,000.00 GBP', 'GBP 100000'],
    ['Amount: 1,000.00 SGD', 'SGD 100000'],
    ['Amount: 1,000.00 sgd', 'SGD 100000'],
    ['您的账户入账500.00英镑', 'GBP 50000'],
    ['您的账户入账500.00澳元', 'AUD 50000'],
    ['收到新加坡元 1,000.00', 'SGD 100000'],
    ['入账1,000.00新台币', 'TWD 100000'],
    ['入账1,000,000韩元', 'KRW 1000000'],
    ['入账1,000.00瑞士法郎', 'CHF 100000'],
    ['入账1,000.00元', 'CNY 100000'],
  ])('%s: no other currency is taken for the company’s own', (text, expected) => {
    expect(told(readBankNotice(text, today, 'CNY')).split(' / ')[0]).toBe(expected);
  });

  it.each(SAMPLES)('%s', (_name, text, expected) => {
    expect(told(readBankNotice(text, today, 'CNY'))).toBe(expected);
  });

  it.each(SAID)('%s', (text, expected) => {
    const read = readBankNotice(text, today, 'CNY');
    expect(`${told(read)} / ${read.doer ?? '-'}`).toBe(expected);
  });

  it('never fails, and reads no day ahead, whatever the text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom(
        '¥',
        '元',
        '300,000.00',
        '余额',
        '11月31日',
        '30号到账',
        '20 Nov 2026',
        'Ref:',
        '付款人：',
        '\n',
        'from ',
        'paid 261k',
        '1.250',
        ' EUR ',
        '11/26',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const read = readBankNotice(pieces.join(''), today, 'CNY');
        expect(read.amounts.every(({ minor }) => minor > 0n)).toBe(true);
        expect(read.receivedOn === null || read.receivedOn <= today).toBe(true);
        expect((read.payer?.length ?? 0) <= 120 && (read.slipNo?.length ?? 0) <= 64).toBe(true);
      }),
    );
  });

  it.each([
    ['客户打来货款12.8万，19号到的', '2026-11-19'],
    ['货款 3,500 元 27 号已到账', '2026-10-27'],
    ['21日付款 3,500 元', '2026-11-21'],
    ['货款 3,500 元，下月5号付款', null],
    ['每月5号付款，收到 3,500 元', null],
    ['尾号8817 收到 3,500 元', null],
    ['货款 3,500 元，31号到的', '2026-10-31'],
    ['15号到期的 3,500 元今天打了', '2026-11-21'],
    ['15号到期的货款 3,500 元，19号到的', '2026-11-19'],
    ['按2号付款通知单，收到 3,500 元', null],
  ])('of a day alone is the last such day before a word of paying: %s', (text, expected) => {
    expect(readBankNotice(text, today, 'CNY').receivedOn).toBe(expected);
  });

  it('stays fast on long nonsense', () => {
    const long = ['付款人：', '1,', 'Co., ', '1 234 ', 'a '].map((part) => part.repeat(2000));
    const start = performance.now();
    for (const text of [long.join(''), ...long]) readBankNotice(text, today, 'CNY');
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

it.each([
  ['empty lines', '\n'],
  ['empty lines with spaces', '  \n'],
  ['spaces', ' '],
  ['labels', '付款人 '],
  ['words of a day', '\n今天'],
])('reads 4,000 signs of %s at once, while everybody else waits', (_what, unit) => {
  const text = `${unit.repeat(Math.floor(3_900 / unit.length))}收到 300,000.00元`;
  const start = performance.now();
  readBankNotice(text, today, 'CNY');
  expect(performance.now() - start).toBeLessThan(1_000);
});

it('reads past empty lines as past one', () => {
  const text = '付款方：星海重工有限公司 \n\n \u3000\n  金额：  300,000.00元';
  expect(told(readBankNotice(text, today, 'CNY'))).toBe('CNY 30000000 / 星海重工有限公司 / - / -');
});

// Files as people send them, made here for real: every encoding and date form, and everything that must be refused.
import { deflateRawSync } from 'node:zlib';
import { writeXlsx } from 'hucre/xlsx';
import { describe, expect, it } from 'vitest';
import { checkWorkbook } from '../../src/sheets/check-zip.js';
import { openSheet } from '../../src/sheets/read-sheet.js';
import { writeSheet } from '../../src/sheets/write-sheet.js';

async function read(bytes: Buffer, name = 'a.csv') {
  const sheet = await openSheet(name, bytes);
  const rows = [];
  for await (const row of sheet.rows) rows.push(row);
  return { ...sheet, rows };
}
const text = (content: string) => Buffer.from(content);
const refusal = async (bytes: Buffer): Promise<unknown> =>
  read(bytes, 'x').then(
    () => 'read',
    (error) => error.params?.reason ?? error,
  );

/** A zip of these parts, its directory saying `claimed` bytes where given. */
function zip(parts: Record<string, string | Buffer>, flag = 0): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(parts)) {
    const packed = deflateRawSync(Buffer.from(content), { level: 1 });
    const label = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt16LE(label.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(flag, 8);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    // A lie: the reader must not believe what the directory says.
    entry.writeUInt32LE(1, 24);
    entry.writeUInt16LE(label.length, 28);
    entry.writeUInt32LE(at, 42);
    bodies.push(local, label, packed);
    directory.push(entry, label);
    at += 30 + label.length + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(parts).length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}
const workbook = (sheet: string, more: Record<string, string | Buffer> = {}) =>
  zip({ '[Content_Types].xml': '<Types/>', 'xl/worksheets/sheet1.xml': sheet, ...more });

/** The zip saying that its directory is of this length. */
function sized(bytes: Buffer, length: number): Buffer {
  bytes.writeUInt32LE(length, bytes.length - 22 + 12);
  return bytes;
}

describe('CSV', () => {
  it.each([',', ';', '\t'])('is split at %j', async (sign) => {
    const { header, rows } = await read(text(`名称${sign}金额\n"华${sign}为"${sign}3万\n`));
    expect(header).toEqual(['名称', '金额']);
    expect(rows).toEqual([{ line: 2, cells: [`华${sign}为`, '3万'] }]);
  });

  it('is read as UTF-8, with a byte order mark or without, as UTF-16 and as GB18030', async () => {
    const content = '名称\n华为𠮷\n';
    const gb = Buffer.concat([
      Buffer.from([0xc3, 0xfb, 0xb3, 0xc6, 0x0a, 0xbb, 0xaa, 0xce, 0xaa]),
      Buffer.from([0x95, 0x34, 0xb2, 0x35, 0x0a]),
    ]);
    const files = [text(content), text(`\uFEFF${content}`), Buffer.from(`\uFEFF${content}`, 'utf16le'), gb];
    for (const file of files) {
      expect(await read(file)).toMatchObject({ header: ['名称'], rows: [{ cells: ['华为𠮷'] }] });
    }
  });

  it.each([
    ['\r\n', '\n'],
    ['\n', '\r\n'],
    ['\r', '\n'],
  ])('reads every row where the header ends with %j and the rows with %j', async (first, other) => {
    const { header, rows } = await read(text(`名称,备注${first}甲,a${other}乙,b${other}丙,c${other}`));
    expect(header).toEqual(['名称', '备注']);
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['甲', 'a'],
      ['乙', 'b'],
      ['丙', 'c'],
    ]);
  });

  it('keeps a sign that lies where the text is cut into pieces', async () => {
    const begin = `名称,备注\n${`a,${'x'.repeat(4_000)}\n`.repeat(16)}`;
    const name = `${'y'.repeat(64 * 1024 - 1 - begin.length)}𠮷野家`;
    expect((await read(text(`${begin}${name},b\n`))).rows.at(-1)?.cells).toEqual([name, 'b']);
  });

  it('keeps line numbers over empty lines and quoted line ends, and formulas as text', async () => {
    const { rows } = await read(text('a,b\r\n\r\n"x\ny",=1+1\r\nz,@SUM(A1)\r\n'));
    expect(rows).toEqual([
      { line: 3, cells: ['x\ny', '=1+1'] },
      { line: 5, cells: ['z', '@SUM(A1)'] },
    ]);
  });

  it('comes back as it was written, and nothing in it begins a formula', async () => {
    const cells = ['=HYPERLINK("x")', '-300', '+1', '@a', '华为', 'a,"b"'];
    const file = await writeSheet('csv', ['a', 'b', 'c', 'd', 'e', 'f'], [cells]);
    expect(file.toString()).not.toMatch(/(^|,)"?[=+@-]/m);
    expect((await read(file)).rows).toEqual([{ line: 2, cells }]);
  });
});

describe('a CSV that is written', () => {
  it('has amounts as numbers, also below zero, and quotes only text', async () => {
    const file = await writeSheet(
      'csv',
      ['a', 'b', 'c'],
      [[{ decimal: '-300.00' }, '-300', { day: '2026-11-20' }]],
    );
    expect(file.toString().split('\n')[1]).toBe("-300.00,'-300,2026-11-20");
    const signs = await writeSheet('csv', ['a', 'b'], [['＝1+1', '\tx']]);
    expect(signs.toString().split('\n')[1]).toBe("'＝1+1,'\tx");
  });
});

describe('XLSX', () => {
  it('gives dates as days, numbers as decimals, formulas as their last value and formula text as text', async () => {
    const file = await writeXlsx({
      sheets: [
        {
          name: 'S',
          rows: [
            ['a', 'b', 'c', 'd'],
            ['=1+1', 3.3000000000000003, new Date('2026-11-21T00:00:00Z'), 45982],
            [null, 1e21, true, null],
          ],
          cells: new Map([['2,0', { formula: '2+3', formulaResult: 5 }]]),
        },
      ],
    });
    const { format, rows } = await read(Buffer.from(file));
    expect(format).toBe('xlsx');
    expect(rows).toEqual([
      { line: 2, cells: ['=1+1', '3.3', '2026-11-21', '45982'] },
      { line: 3, cells: ['5', '1000000000000000000000', 'TRUE'] },
    ]);
  });

  it.each([
    ['no value', '<c r="A2"><f>1+1</f></c>', 'not_calculated'],
    ['an empty value', '<c r="A2"><f>1+1</f><v></v></c>', 'not_calculated'],
    [
      'a shared one',
      '<x:c r="A2"><x:f t="shared"/><x:v/></x:c><x:c r="B2"><x:v>1</x:v></x:c>',
      'not_calculated',
    ],
    ['a long one', `<c r="A2"><f>${'1+'.repeat(40_000)}1</f></c>`, 'not_calculated'],
    ['a long one with its value', `<c r="A2"><f>${'1+'.repeat(40_000)}1</f><v>40001</v></c>`, undefined],
    ['an empty text', '<c r="A2" t="str"><f>IF(1,"","")</f><v></v></c>', undefined],
    ['an error', '<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', undefined],
    ['no formula', '<c r="A2"><v></v></c><c r="B2"/>', undefined],
  ])('is refused where nobody calculated a formula: %s', async (_name, cell, reason) => {
    const file = workbook(`<worksheet><sheetData><row r="2">${cell}</row></sheetData></worksheet>`);
    const refused = checkWorkbook('x', file).then(
      () => undefined,
      (error) => error.params.reason,
    );
    expect(await refused).toBe(reason);
  });

  it.each<[string, boolean, Record<string, string>]>([
    ['on another sheet', true, { first: 'worksheets/sheet1.xml' }],
    ['on the first sheet, which lies second', false, { first: '/xl/worksheets/sheet2.xml' }],
    ['on a sheet of a file that does not say which one is first', false, { first: 'worksheets/sheet9.xml' }],
  ])('with a formula nobody calculated %s', async (_name, isTaken, { first }) => {
    const sheet = (cell: string) => `<worksheet><sheetData><row r="1">${cell}</row></sheetData></worksheet>`;
    const file = workbook(sheet('<c r="A1" t="str"><v>名称</v></c>'), {
      'xl/worksheets/sheet2.xml': sheet('<c r="A1"><f>1+1</f></c>'),
      'xl/workbook.xml':
        '<workbook><sheets><sheet name="数据 &amp; a" sheetId="1" r:id="rId7"/><sheet name="说明" sheetId="2" r:id="rId1"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Target="theme.xml"/><Relationship Id="rId7" Target="${first}"/></Relationships>`,
    });
    const checked = checkWorkbook('x', file).catch((error) => error.params.reason);
    expect(await checked).toEqual(isTaken ? ['数据 & a', '说明'] : 'not_calculated');
  });

  it('may have formulas that are no cell’s: lists to choose from, charts, pictures', async () => {
    const rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2" s="1"/></row>';
    const choices = '<extLst><x14:formula1><xm:f>Sheet2!$A$1:$A$5</xm:f></x14:formula1></extLst>';
    const file = workbook(`<worksheet><sheetData>${rows}</sheetData>${choices}</worksheet>`, {
      'xl/charts/chart1.xml': '<c:numRef><c:f>Sheet1!$A$1</c:f><c:numCache/></c:numRef>',
      'xl/drawings/vmlDrawing1.vml': '<v:formulas><v:f eqn="if lineDrawn pixelLineWidth 0"/></v:formulas>',
    });
    await expect(checkWorkbook('x', file)).resolves.toEqual([]);
  });

  it('has no sign that a database or a spreadsheet does not take', async () => {
    const file = await writeSheet('xlsx', ['a', 'b'], [['甲_x0000_', `${'a'.repeat(4_999)}😀`]]);
    expect((await read(file)).rows[0]?.cells).toEqual(['甲', 'a'.repeat(4_999)]);
    const written = await writeSheet('xlsx', ['a'], [['x\uFFFE\uFFFFy']]);
    expect((await read(written)).rows[0]?.cells).toEqual(['x\uFFFD\uFFFDy']);
  });

  it('comes back as it was written', async () => {
    const cells = ['=1+1', '-300', '华为'];
    expect((await read(await writeSheet('xlsx', ['a', 'b', 'c'], [cells]))).rows).toEqual([
      { line: 2, cells },
    ]);
  });
});

describe('refusals', () => {
  const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

  it.each<[string, string, () => Buffer | Promise<Buffer>]>([
    ['nothing', 'empty', () => text('')],
    ['only empty lines', 'empty', () => text('\n , \n')],
    ['numbers in the first line', 'no_header', () => text('1,2\n3,4\n')],
    ['an old .xls', 'old_xls', () => Buffer.concat([OLE, Buffer.alloc(600)])],
    [
      'a workbook with a password',
      'locked',
      async () =>
        Buffer.from(
          await writeXlsx({
            sheets: [{ name: 'S', rows: [['a']] }],
            encryption: { password: 'p', spinCount: 1 },
          }),
        ),
    ],
    ['a locked zip', 'locked', () => zip({ '[Content_Types].xml': '', 'xl/worksheets/a.xml': '' }, 1)],
    ['a zip that is no workbook', 'not_a_sheet', () => zip({ 'a.txt': 'x' })],
    ['a zip cut short', 'not_a_sheet', () => workbook('<row/>').subarray(0, 60)],
    ['a picture', 'not_a_sheet', () => Buffer.from('89504e470d0a1a0a', 'hex')],
    ['a text with zeros', 'not_a_sheet', () => Buffer.from([65, 0, 66])],
    ['bytes of no encoding', 'encoding', () => Buffer.from([0x61, 0x0a, 0xff, 0xff, 0xff])],
    ['a file over 20 MB', 'too_big', () => Buffer.alloc(20 * 1024 * 1024 + 1, 65)],
    ['a line of a million columns', 'too_wide', () => text(`a\n${','.repeat(1_000_000)}`)],
    ['a row of a million cells', 'too_wide', () => workbook(`<row>${'<c/>'.repeat(1_000_000)}</row>`)],
    ['a cell in the last column', 'too_wide', () => workbook('<row><c t="n" r="XFD1"><v>1</v></c></row>')],
    ['its reference behind a >', 'too_wide', () => workbook(`<row><c x=">" r='XFD1'/></row>`)],
    ['200,002 rows', 'too_many_rows', () => text('a\n'.repeat(200_002))],
    ['200,002 rows of a workbook', 'too_many_rows', () => workbook('<row/>'.repeat(200_002))],
    ['a zip bomb', 'bomb', () => workbook('<row/>', { 'xl/media/a.bin': Buffer.alloc(301 * 1024 * 1024) })],
    [
      'a directory of 64 bits, which may name other parts',
      'bomb',
      () => sized(workbook('<row/>'), 0xff_ff_ff_ff),
    ],
    ['shared texts without end', 'bomb', () => workbook('', { 'xl/x.xml': Buffer.alloc(61 * 1024 * 1024) })],
    [
      'more shared texts than there is room for',
      'bomb',
      () => workbook('', { 'xl/x.xml': '<si/>'.repeat(4_000_001) }),
    ],
    ['a tag without end', 'bomb', () => workbook(`<row ${'a'.repeat(2_000_000)}`)],
  ])('%s: %s', async (_what, reason, make) => {
    expect(await refusal(await make())).toBe(reason);
  });

  it('takes 200,000 rows and 200 columns', async () => {
    expect((await read(text('a\n'.repeat(200_001)))).rows).toHaveLength(200_000);
    expect((await read(text(`${'a,'.repeat(199)}b\n1\n`))).header).toHaveLength(200);
  });
});

describe('what stands above the names', () => {
  const headerOf = async (...lines: string[]) => {
    const { header, rows } = await openSheet('a.csv', Buffer.from(lines.join('\n')));
    const found: number[] = [];
    for await (const row of rows) found.push(row.line);
    return [header, found];
  };

  it('is passed over where the names follow: a title, whose it is', async () => {
    expect(await headerOf('客户台账', '名称,编号,备注', '甲,1,x')).toEqual([['名称', '编号', '备注'], [3]]);
    expect(await headerOf('客户台账', '制表：李雷', '名称,编号,备注', '甲,1,x')).toEqual([
      ['名称', '编号', '备注'],
      [4],
    ]);
  });

  it('is no title where it may be the only column, and its rows stay rows', async () => {
    expect(await headerOf('名称', '甲', '乙', '丙')).toEqual([['名称'], [2, 3, 4]]);
    expect(await headerOf('名称', '甲,备注', '乙')).toEqual([['名称'], [2, 3]]);
    expect(await headerOf('名称', '甲', '1,2,3')).toEqual([['名称'], [2, 3]]);
    expect(await headerOf('名称')).toEqual([['名称'], []]);
  });
});

it('ends its thread where it is closed: read not at all, or of one column and in part', async () => {
  const rows = Array.from({ length: 3_000 }, (_, at) => [`公司${at}`]);
  const bytes = await writeSheet('xlsx', ['名称'], rows);
  // Two are read at once: the third would wait.
  for (let at = 0; at < 6; at += 1) {
    const sheet = await openSheet('a.xlsx', bytes);
    if (at < 3) for await (const _row of sheet.rows) break;
    await sheet.close();
  }
}, 30_000);

it('a workbook says which sheets it has; the first is read', async () => {
  const sheets = [
    { name: '客户 & 联系人', rows: [['名称'], ['甲']] },
    { name: '其他', rows: [['别的'], ['乙']] },
  ];
  const sheet = await openSheet('a.xlsx', Buffer.from(await writeXlsx({ sheets })));
  expect(sheet.sheets).toEqual(['客户 & 联系人', '其他']);
  expect(sheet.header).toEqual(['名称']);
});

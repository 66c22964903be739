// The templates that a company starts with, named in its language. Pure.
import type { Locale } from '../access.js';
import { type Template, type TemplateLineInput, templateInput } from './template.js';

type Named = Omit<TemplateLineInput, 'name'> & { zh: string; en: string };
interface Preset {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly lines: readonly Named[];
}

const DEPOSIT: Named = { zh: '预付款', en: 'Down payment', anchorKind: 'signing' };
const RETENTION: Named = {
  zh: '质保金',
  en: 'Retention',
  shareBp: 1000,
  anchorKind: 'warranty_end',
  isRetention: true,
};
const ACCEPTED: Named = { zh: '验收款', en: 'On acceptance', anchorKind: 'acceptance' };

const PRESETS: readonly Preset[] = [
  {
    code: '3331',
    zh: '签约、发货、验收、质保',
    en: 'Signing, shipment, acceptance, retention',
    lines: [
      { ...DEPOSIT, shareBp: 3000 },
      {
        zh: '发货款',
        en: 'Before shipment',
        shareBp: 3000,
        anchorKind: 'shipment',
        anchorOffset: { days: -7 },
      },
      { ...ACCEPTED, shareBp: 3000, anchorOffset: { days: 30 } },
      RETENTION,
    ],
  },
  {
    code: '361',
    zh: '签约、发货、质保',
    en: 'Signing, shipment, retention',
    lines: [
      { ...DEPOSIT, shareBp: 3000 },
      { zh: '发货款', en: 'On shipment', shareBp: 6000, anchorKind: 'shipment' },
      RETENTION,
    ],
  },
  {
    code: '37',
    zh: '首付、尾款',
    en: 'Down payment and balance',
    lines: [
      { ...DEPOSIT, zh: '首付款', shareBp: 3000 },
      { ...ACCEPTED, zh: '尾款', en: 'Balance', isRemainder: true },
    ],
  },
];

/** "3331" and two more, for a company that reads this language. */
export function presetTemplates(locale: Locale): Template[] {
  const language = locale === 'en' ? 'en' : 'zh';
  return PRESETS.map((preset) =>
    templateInput.parse({
      code: preset.code,
      name: preset[language],
      lines: preset.lines.map(({ zh, en, ...line }) => ({ ...line, name: language === 'en' ? en : zh })),
    }),
  );
}

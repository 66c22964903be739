// Words of acceptance bills (rules §14).
export const bills = {
  number: '汇票号',
  due: '汇票到期日',
  due_hint: '到期前 7 天和当天提醒登记人和财务',
  label: '承兑汇票',
  filter: '只看承兑汇票',
  row: '汇票 {{number}} {{date}} 到期',
  dishonour: '拒付',
  dishonoured: '承兑汇票到期拒付',
  group: '承兑汇票到期',
  title_other: '*承兑汇票到期 · {{count}} 张*',
  line: '*{{customer}}* · {{number}} · 汇票 {{bill}}\n*{{date}} 到期* {{relative}} · {{amount}}',
  more_other: '还有 {{count}} 张',
} as const;

// Ids of the reports: window, button and form alike, as an id names one conversation.

export const REPORT = {
  window: 'report',
  rows: 'report.rows',
  open: 'report.open',
  /** Prefixes: what follows the dot is what is changed, or where to (first, previous, next, last). */
  change: 'report.change',
  page: 'report.page',
  drill: 'report.drill',
  kpis: 'report.kpis',
  filter: 'report.filter',
  export: 'report.export',
  post: 'report.post',
  /** Selects: contracts and departments whose records the reader may see. */
  contracts: 'options.report_contract',
  departments: 'options.report_department',
} as const;

// The kinds of files this app writes, as browsers and Slack call them.
export const MIME = {
  csv: 'text/csv',
  pdf: 'application/pdf',
  png: 'image/png',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

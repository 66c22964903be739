// Ids of the settings' windows that came after ids.ts was full.

export const SETTINGS = {
  /** Window and button alike: an id names one conversation. */
  tolerance: 'settings.tolerance',
  rates: 'settings.rates',
  backups: 'settings.backups',
  /** [Back up now]. */
  backupNow: 'backup.now',
  export: 'settings.export',
  import: 'settings.import',
  importPreview: 'settings.import_preview',
  templateRestart: 'template.restart',
} as const;

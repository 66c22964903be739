// Why a file that somebody sent is refused; each has its words in both languages.

export type FileReason =
  | 'too_big'
  | 'gone'
  | 'old_xls'
  | 'locked'
  | 'empty'
  | 'no_header'
  | 'no_rows'
  | 'too_wide'
  | 'too_many_rows'
  | 'bomb'
  | 'encoding'
  | 'not_calculated'
  | 'not_a_sheet'
  | 'linked'
  | 'not_a_voucher'
  | 'over_10_mb';

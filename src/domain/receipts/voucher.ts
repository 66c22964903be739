// What may be added to money as its voucher after it was recorded (F50). Pure.
import { MAX_FILE_BYTES, type UploadedFile } from '../attachments.js';
import { DomainError } from '../errors.js';

/** What has vouchers: a receipt, or money that nobody has claimed. */
export interface VoucherOwner {
  readonly type: 'receipt' | 'unclaimed';
  readonly id: string;
}

/** As many as its form takes. */
export const MAX_VOUCHERS = 10;

/** Bank slips, cash receipts and electronic invoices as they are photographed, printed or exported. */
const KINDS = /\.(pdf|ofd|png|jpe?g|gif|webp|hei[cf]|bmp|tiff?|docx?|xlsx?|csv|txt)$/i;
const isPicture = (mime: string): boolean => mime.startsWith('image/') && !mime.includes('svg');

/** @throws DomainError file.rejected: neither a picture nor a document, empty, or over 10 MB */
export function checkVoucher({ name, mime, size }: UploadedFile): void {
  if (!KINDS.test(name) && !isPicture(mime))
    throw new DomainError('file.rejected', { file: name, reason: 'not_a_voucher' });
  if (size === 0) throw new DomainError('file.rejected', { file: name, reason: 'empty' });
  if (size > MAX_FILE_BYTES) throw new DomainError('file.rejected', { file: name, reason: 'over_10_mb' });
}

// A row of customers. Pure.
import { customerInput, isEmailAddress, twinKey } from '../customers/customer.js';
import { quoteInput } from '../quote-input.js';
import { readChoice, readLimit } from './read-values.js';
import { given, type ReadRow, type RowCells } from './row-cells.js';

const CONTACT_COLUMNS = { phone: 'contactPhone', email: 'contactEmail' };

/** Known by its name: a code is looked for too, once all rows are there. */
export function readCustomerRow(row: RowCells): Omit<ReadRow, 'errors'> {
  const name = row.required('name');
  const contactName = row.text('contactName');
  const email = row.text('contactEmail');
  if (email !== null && !isEmailAddress(email))
    row.refuse('contactEmail', 'email_unreadable', { value: quoteInput(email) });
  const more = given({ phone: row.text('contactPhone'), email });
  if (contactName === null && Object.keys(more).length > 0) row.refuse('contactName', 'required');
  const contacts = contactName === null ? null : [{ name: contactName, isBilling: true, ...more }];
  const { customerTypes, industries } = row.context;
  const said = given({
    name,
    code: row.text('code'),
    shortName: row.text('shortName'),
    address: row.text('address'),
    taxTitle: row.text('taxTitle'),
    taxNo: row.text('taxNo'),
    bank: row.text('bank'),
    bankAccount: row.text('bankAccount'),
    remark: row.text('remark'),
    type: row.read('type', (text) => readChoice(text, customerTypes)),
    industry: row.read('industry', (text) => readChoice(text, industries)),
    contacts,
    creditLimit: row.read('creditLimit', (text) => readLimit(text, row.context.baseCurrency))?.toString(),
  });
  const checked = customerInput.safeParse(said);
  // As it is kept: it is compared with what is there.
  const fields = checked.success ? given({ ...said, taxNo: checked.data.taxNo }) : said;
  if (!checked.success && name !== '') {
    row.schema(checked.error.issues, contacts === null ? {} : { ...CONTACT_COLUMNS });
  }
  const code = row.text('code');
  if (code !== null && [...code].length > 40) row.refuse('code', 'too_long', { max: 40 });
  return { fields, ownerId: row.owner(), key: twinKey(name), unique: true };
}

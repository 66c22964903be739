// Rules of whole views: modals and App Home tabs.
import { validateBlocks } from './validate-blocks.js';
import { LIMITS } from './validate-limits.js';
import { id, plainText } from './validate-objects.js';
import {
  byType,
  flag,
  type Issue,
  isObject,
  literal,
  object,
  objectsIn,
  type Rule,
  runRule,
  string,
} from './validate-rules.js';

const anything: Rule = () => {};
const shared = {
  private_metadata: string({ min: 0, max: LIMITS.privateMetadata }),
  callback_id: string({ min: 0, max: LIMITS.id }),
  external_id: string({ min: 0, max: LIMITS.id }),
};

const view: Rule = byType({
  modal: object({
    required: { type: literal('modal'), title: plainText(LIMITS.viewTitle), blocks: anything },
    optional: {
      ...shared,
      submit: plainText(LIMITS.viewTitle),
      close: plainText(LIMITS.viewTitle),
      clear_on_close: flag,
      notify_on_close: flag,
      submit_disabled: flag,
    },
    also: (value, pointer, report) => {
      const hasInput = objectsIn(value.blocks).some((block) => block.type === 'input');
      if (hasInput && !value.submit) report(pointer, 'missing required field: submit');
    },
  }),
  home: object({
    required: { type: literal('home'), blocks: anything },
    optional: { ...shared, external_id: id, clear_on_close: flag, notify_on_close: flag },
  }),
});

/** True when the serialised view exceeds Slack's 250 KB (`view_too_large`). */
export function isViewTooLarge(value: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(value) ?? '') > LIMITS.viewBytes;
}

/** Everything Slack would refuse in a modal or Home view; empty when it is valid. */
export function validateView(value: unknown, pointer = '/view'): Issue[] {
  const issues = runRule(view, value, pointer);
  if (isObject(value) && (value.type === 'modal' || value.type === 'home') && value.blocks !== undefined) {
    issues.push(...validateBlocks(value.type, value.blocks, `${pointer}/blocks`));
  }
  if (isViewTooLarge(value)) issues.push({ pointer, message: `must be less than ${LIMITS.viewBytes} bytes` });
  return issues;
}

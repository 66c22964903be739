// Words of deciding several approvals at once (ux §4.6).
export const batches = {
  title: 'Batch approval',
  boxes: 'Waiting for you',
  row: '{{name}} · {{customer}} · {{amount}}',
  chosen: '{{count}} selected, {{total}}',
  chosen_mixed: '{{count}} selected',
  none_chosen: 'Tick what to approve.',
  submit: 'Approve selected',
  single: 'Something to note: open it before you decide',
  asked: 'A question is not answered: open it before you decide',
  more: '{{count}} more, after these.',
  none: 'Nothing waits for your approval now.',
  none_plain: 'Each of these has something to note: open it before you decide.',
  done: '{{done}} of {{count}} approved.',
  'result.approved': '{{name}} approved',
  'result.step': '{{name}} step {{step}} approved; waiting for {{names}}',
  'result.step_nobody':
    '{{name}} step {{step}} approved; nobody can decide the next one yet, the admins are told',
  'result.part': '{{name}} approved by you; waiting for {{names}}',
  'result.part_nobody': '{{name}} approved by you; nobody can decide the rest yet, the admins are told',
  'result.problem': '{{name}} not done: {{problem}}',
  again: '{{count}} more to approve',
} as const;

// views.*: opening, pushing, updating, publishing; blocks.validate.

import { presentView } from '../payloads.js';
import type { Slack } from '../slack.js';
import { validateBlocks } from '../validate-blocks.js';
import type { Json } from '../validate-rules.js';
import { isViewTooLarge, validateView } from '../validate-view.js';
import {
  canPush,
  findByExternalId,
  findView,
  listStack,
  openModal,
  publishHome,
  pushModal,
  updateView,
} from '../views.js';
import type { StoredView } from '../world.js';
import { ApiError, type Args, describeIssues, type Methods, missing, requireObject } from './method.js';
import { readUser } from './targets.js';

function readView(slack: Slack, args: Args, type: 'modal' | 'home', own?: StoredView): Json {
  if (!args.has('view')) throw missing('view');
  const view = requireObject(args.json('view', 'invalid_arguments'), 'invalid_arguments');
  if (isViewTooLarge(view)) throw new ApiError('view_too_large');
  const issues = validateView(view);
  if (issues.length > 0) throw new ApiError('invalid_arguments', describeIssues(issues));
  if (view.type !== type) {
    throw new ApiError(
      'invalid_arguments',
      describeIssues([{ pointer: '/view/type', message: `must be: ${type}` }]),
    );
  }
  if (typeof view.external_id === 'string' && view.external_id !== '') {
    const other = findByExternalId(slack, view.external_id);
    if (other && other.id !== own?.id) throw new ApiError('duplicate_external_id');
  }
  return view;
}

/** The person behind a trigger; only a fresh, unused trigger counts, and it is used up even when the view is bad. */
function exchangeTrigger(slack: Slack, args: Args) {
  const trigger = slack.triggers.exchange(args.need('trigger_id'));
  if (typeof trigger === 'string') throw new ApiError(trigger);
  return trigger;
}

function checkHash(args: Args, view: StoredView | undefined): void {
  const hash = args.text('hash');
  if (hash !== undefined && hash !== '' && hash !== view?.hash) throw new ApiError('hash_conflict');
}

function answer(view: StoredView): Json {
  const { errors: _errors, ...shown } = presentView(view);
  return { view: shown };
}

export const VIEW_METHODS: Methods = {
  'views.open': {
    tier: 4,
    run(slack, args) {
      const view = readView(slack, args, 'modal');
      const { user, viewId } = exchangeTrigger(slack, args);
      const isFromModal = listStack(slack, user).some((open) => open.id === viewId);
      if (!isFromModal) return answer(openModal(slack, user, view));
      if (!canPush(slack, user)) throw new ApiError('push_limit_reached');
      return answer(pushModal(slack, user, view));
    },
  },
  'views.push': {
    tier: 4,
    run(slack, args) {
      const view = readView(slack, args, 'modal');
      const { user, viewId } = exchangeTrigger(slack, args);
      if (!listStack(slack, user).some((open) => open.id === viewId)) throw new ApiError('not_found');
      if (!canPush(slack, user)) throw new ApiError('push_limit_reached');
      return answer(pushModal(slack, user, view));
    },
  },
  'views.update': {
    tier: 4,
    run(slack, args) {
      const externalId = args.text('external_id');
      const id = args.text('view_id');
      if (!id && !externalId) throw missing('view_id');
      const view = id ? findView(slack, id) : findByExternalId(slack, externalId ?? '');
      if (!view) throw new ApiError('not_found');
      const given = readView(slack, args, view.type, view);
      checkHash(args, view);
      return answer(updateView(slack, view, given));
    },
  },
  'views.publish': {
    tier: 4,
    run(slack, args) {
      const user = readUser(slack, args.need('user_id'));
      if (slack.options.manifest.features?.app_home?.home_tab_enabled !== true)
        throw new ApiError('not_enabled');
      const before = slack.store.world.homes[user.id];
      const given = readView(slack, args, 'home', before);
      checkHash(args, before);
      return answer(publishHome(slack, user.id, given));
    },
  },
  'blocks.validate': {
    run(_slack, args) {
      const issues = args.has('view')
        ? validateView(args.json('view', 'invalid_arguments'))
        : validateBlocks('message', args.json('blocks', 'invalid_blocks_format') ?? []);
      if (issues.length > 0) throw new ApiError('invalid_blocks', describeIssues(issues));
      return {};
    },
  },
};

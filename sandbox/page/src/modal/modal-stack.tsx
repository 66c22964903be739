// The person's stack of views: the top one is shown, those below stay mounted and keep what was typed.
import { usePage } from '../store/page-context.js';
import { ModalView } from './modal-view.js';

/** All open views, bottom first. */
export function ModalStack() {
  const { state } = usePage();
  const top = state.stack.at(-1);
  return state.stack.map((view, index) => (
    <ModalView key={view.id} view={view} covered={view.id !== top?.id} depth={index} />
  ));
}

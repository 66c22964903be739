// One modal view: title, blocks, submit and close; errors stand on their fields and in a summary.
import { type FormEvent, type KeyboardEvent, useCallback, useId, useMemo, useState } from 'react';
import type { Container, View } from '../../../server/protocol.js';
import { BlockList } from '../blocks/block-view.js';
import { InteractionContext } from '../blocks/interaction.js';
import { useInteractionState } from '../blocks/use-interaction-state.js';
import { sendClose, sendSubmit } from '../store/api.js';
import { useDirectory, useNotice } from '../store/page-context.js';
import { textOf } from '../text/text-object.js';
import { Dialog } from '../ui/dialog.js';
import { Icon } from '../ui/icon.js';
import { ScrollBox } from '../ui/scroll-box.js';
import { Spinner } from '../ui/spinner.js';
import { describeError, explain } from '../words/explain.js';
import { useWords } from '../words/words.js';
import { checkForm } from './check-form.js';
import { ErrorSummary } from './error-summary.js';
import { useModalFocus } from './use-modal-focus.js';

type Errors = Readonly<Record<string, string>>;

/** A view of the stack; `covered` while another one is above it. */
export function ModalView({ view, covered, depth }: { view: View; covered: boolean; depth: number }) {
  const words = useWords();
  const { as, appName } = useDirectory();
  const notify = useNotice();
  const titleId = useId();
  const [submitting, setSubmitting] = useState(false);
  const [trouble, setTrouble] = useState('');
  const [errors, setErrors] = useState<Errors>(view.errors ?? {});
  const [seen, setSeen] = useState(view);
  if (seen !== view) {
    setSeen(view);
    setErrors(view.errors ?? {});
  }

  const container = useMemo<Container>(() => ({ type: 'view', view_id: view.id }), [view.id]);
  const onEdit = useCallback(
    (blockId: string) =>
      setErrors((known) => {
        if (!(blockId in known)) return known;
        const { [blockId]: _fixed, ...rest } = known;
        return rest;
      }),
    [],
  );
  const { interaction, values } = useInteractionState({
    container,
    blocks: view.blocks,
    version: view.hash,
    held: view.state.values,
    heading: 'h3',
    errors,
    onEdit,
  });
  const { body, focusFirstError } = useModalFocus(view, covered);

  const showErrors = (found: Errors) => {
    setErrors(found);
    if (Object.keys(found).length > 0) focusFirstError();
  };
  const submit = async () => {
    if (submitting) return;
    const found = checkForm(view.blocks, values, words);
    setTrouble('');
    showErrors(found);
    if (Object.keys(found).length > 0) return;
    setSubmitting(true);
    try {
      const answer = await sendSubmit({ as, view_id: view.id, state: { values } });
      if (answer.errors) showErrors(answer.errors);
      else if (answer.status === 'timeout') setTrouble(words.submitTimeout);
      else if (answer.status === 'error') setTrouble(explain(answer.message ?? '', words));
    } catch (error) {
      setTrouble(words.actionFailed(describeError(error, words)));
    } finally {
      setSubmitting(false);
    }
  };
  const close = (all: boolean) => {
    sendClose({ as, view_id: view.id, ...(all ? { all } : {}) }).catch((error: unknown) =>
      notify('error', words.actionFailed(describeError(error, words))),
    );
  };

  const submitText = textOf(view.submit);
  return (
    <Dialog
      className="dialog modal"
      labelledBy={titleId}
      covered={covered}
      busy={submitting}
      data={{ 'data-view-callback-id': view.callback_id, 'data-view-id': view.id }}
      onEscape={() => close(false)}
    >
      <form
        noValidate
        className="modal-form"
        onKeyDown={(event: KeyboardEvent<HTMLFormElement>) => {
          // Enter breaks the line in a long text; with Ctrl or Command it sends from anywhere.
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          if (event.defaultPrevented || event.nativeEvent.isComposing) return;
          event.preventDefault();
          event.currentTarget.requestSubmit();
        }}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (submitText) void submit();
        }}
      >
        <header className="modal-header">
          {depth > 0 && (
            <button
              type="button"
              className="icon-button"
              aria-label={words.back}
              title={words.back}
              onClick={() => close(false)}
            >
              <Icon name="back" />
            </button>
          )}
          <h2 id={titleId} className="dialog-title" tabIndex={-1}>
            {textOf(view.title)}
          </h2>
          <small className="modal-app">{appName}</small>
          <button
            type="button"
            className="icon-button"
            aria-label={words.close}
            title={words.close}
            onClick={() => close(true)}
          >
            <Icon name="close" />
          </button>
        </header>
        <ScrollBox ref={body} className="modal-body" label={textOf(view.title)}>
          <ErrorSummary errors={errors} blocks={view.blocks} prefix={interaction.prefix} />
          <InteractionContext value={interaction}>
            <BlockList blocks={view.blocks} />
          </InteractionContext>
        </ScrollBox>
        {trouble && (
          <p className="alert alert-error modal-trouble" role="alert" data-submit-trouble>
            <Icon name="warn" /> {trouble}
          </p>
        )}
        <footer className="dialog-footer">
          <button type="button" className="button" onClick={() => close(false)}>
            {textOf(view.close) || (submitText ? words.cancel : words.close)}
          </button>
          {submitText && (
            <button
              type="submit"
              className="button button-primary"
              aria-disabled={submitting || view.submit_disabled === true}
              data-submit
            >
              <span className="button-text">{submitText}</span>
              {submitting && (
                <>
                  <Spinner />
                  <span className="hidden-text">{words.working}</span>
                </>
              )}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}

import { useState } from 'preact/hooks';
import type { Acted, Row, RunAction, RunPage } from '../../api.ts';
import { post, RequestError } from '../base/client.ts';
import { go, hrefOf } from '../base/router.ts';
import { Dialog } from '../parts/dialog.tsx';
import { ACTION_TITLES, actionsFor, effectOf, fieldsOf, orderFrom, type Texts } from './action-forms.ts';

type Type = RunAction['type'];

interface ActionsProps {
  readonly page: RunPage;
  readonly open: (type: Type) => void;
}

/** What can be done with the run as it is. */
export function Actions({ page, open }: ActionsProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a layout of its own
    <div class="actions" role="group" aria-label="Actions">
      {actionsFor(page).map((type) => (
        <button key={type} type="button" onClick={() => open(type)}>
          {ACTION_TITLES[type]}…
        </button>
      ))}
    </div>
  );
}

interface ActionDialogProps {
  readonly type: Type;
  readonly page: RunPage;
  readonly row: Row | undefined;
  readonly close: () => void;
}

/** Says what will happen, asks for what is needed, and does it. */
export function ActionDialog({ type, page, row, close }: ActionDialogProps) {
  const fields = fieldsOf(type, page, row);
  const [texts, setTexts] = useState<Texts>(
    Object.fromEntries(fields.map(({ name, initial = '' }) => [name, initial])),
  );
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const { id } = page.run;
  const submit = async (): Promise<void> => {
    const order = orderFrom(type, texts);
    if (typeof order === 'string') return setError(order);
    setBusy(true);
    try {
      const { type: _, ...body } = order;
      const acted = await post<Acted>(`api/runs/${encodeURIComponent(id)}/${type}`, body);
      close();
      if (acted.id !== id) go(hrefOf(['runs', acted.id]));
    } catch (thrown) {
      if (!(thrown instanceof RequestError)) throw thrown;
      setError(thrown.message);
    } finally {
      setBusy(false);
    }
  };
  const change = (name: string, text: string): void => {
    setTexts({ ...texts, [name]: text });
    setError(undefined);
  };
  return (
    <Dialog title={`${ACTION_TITLES[type]}${type === 'settle' ? ' of' : ''} ${id}`} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p>{effectOf(type, page)}</p>
        {fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            text={texts[field.name] ?? ''}
            change={(text) => change(field.name, text)}
          />
        ))}
        {error === undefined ? null : (
          <p class="refusal" role="alert">
            {error}
          </p>
        )}
        <div class="buttons">
          <button type="button" onClick={close}>
            Leave it
          </button>
          <button type="submit" class="main" disabled={isBusy}>
            {ACTION_TITLES[type]}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface FieldInputProps {
  readonly field: ReturnType<typeof fieldsOf>[number];
  readonly text: string;
  readonly change: (text: string) => void;
}

function FieldInput({ field, text, change }: FieldInputProps) {
  const { name, label, hint, options, kind } = field;
  const id = `field-${name}`;
  if (kind === 'flag')
    return (
      <label class="field flag">
        <input
          type="checkbox"
          checked={text === 'yes'}
          onChange={(event) => change(event.currentTarget.checked ? 'yes' : '')}
        />{' '}
        {label}
      </label>
    );
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {kind === 'json' ? (
        <textarea
          id={id}
          rows={4}
          spellcheck={false}
          value={text}
          onInput={(event) => change(event.currentTarget.value)}
        />
      ) : (
        <input
          id={id}
          type="text"
          list={options === undefined ? undefined : `${id}-options`}
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => change(event.currentTarget.value)}
        />
      )}
      {options === undefined ? null : (
        <datalist id={`${id}-options`}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
      {hint === undefined ? null : <p class="hint">{hint}</p>}
    </div>
  );
}

import { useEffect } from 'preact/hooks';

type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** Single keys, unless something is being written, or a dialog is open. */
export function useKeys(keys: Keys): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const { target } = event;
      const isWriting = target instanceof Element && target.matches('input, textarea, select');
      if (isWriting || document.querySelector('dialog[open]') !== null) return;
      // A button or a link in focus is pressed by Enter itself.
      if (event.key === 'Enter' && target instanceof Element && target.matches('a, button, [role="button"]'))
        return;
      const key = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
      if (key === undefined) return;
      event.preventDefault();
      key(event);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  });
}

/** The id of a function is `src/order.ts#placeOrder`: its name first, the file faint behind it. */
export function FnName({ fn }: { readonly fn: string }) {
  const at = fn.lastIndexOf('#');
  if (at === -1) return <span class="fn">{fn}</span>;
  return (
    <span class="fn" title={fn}>
      {fn.slice(at + 1)} <span class="faint file">{fn.slice(0, at)}</span>
    </span>
  );
}

export const shortName = (fn: string): string => fn.slice(fn.lastIndexOf('#') + 1);

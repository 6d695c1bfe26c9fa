import { placeOrder } from './actions.ts';

/** A form that works without JavaScript in the browser. */
export default function Page() {
  return (
    <form action={placeOrder}>
      <input name="item" />
      <button type="submit">Order</button>
    </form>
  );
}

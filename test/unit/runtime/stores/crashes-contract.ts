/** What every store keeps of runs whose workers die. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Claim, ClaimWish, HeldBack } from '../../../../runtime/stores/claims.ts';
import type { Store } from '../../../../runtime/stores/store.ts';
import { ended, started, step, worker } from './events.ts';

export function crashesContract(name: string, open: () => Store): void {
  describe(`contract, crashes: ${name}`, () => {
    let store: Store;
    let now: number;
    let heldBack: HeldBack[];
    beforeEach(() => {
      store = open();
      now = Date.now();
      heldBack = [];
    });
    afterEach(() => store.close());

    const caution = { maxCrashes: 5, from: 0, to: 1 };
    const suspects = { ...caution, from: 2, to: Number.POSITIVE_INFINITY };
    const claim = async (by: string, wish: ClaimWish = {}): Promise<readonly Claim[]> => {
      const all = { caution, now, heldBack: (run: HeldBack) => void heldBack.push(run), ...wish };
      return store.claim(worker(by), all);
    };
    const ids = async (by: string, wish?: ClaimWish) => (await claim(by, wish)).map(({ runId }) => runId);
    /** As if its process had died. */
    const die = (by: string) => store.renew(worker(by, { leaseUntil: Date.now() - 1 }));
    const create = async (id: string, by = 'a') => (await store.create(id, started(), worker(by)))!;
    /** The run is claimed and its worker dies, so many times. */
    const crash = async (id: string, times: number): Promise<void> => {
      await create(id, 'first');
      await die('first');
      for (let n = 1; n < times; n++) {
        const found = [...(await claim(`n${n}`)), ...(await claim(`n${n}`, { caution: suspects }))];
        if (found.length === 0) {
          now += 60_000;
          await claim(`n${n}`, { caution: suspects });
        }
        await die(`n${n}`);
      }
    };

    it('claims a run at once after the first, and counts', async () => {
      await create('r');
      await create('s');
      await die('a');
      expect(await claim('b')).toEqual([
        { runId: 'r', token: 2, crashes: { count: 1, alone: 0, lived: expect.any(Number), doing: null } },
        { runId: 's', token: 2, crashes: { count: 1, alone: 0, lived: expect.any(Number), doing: null } },
      ]);
      expect(heldBack).toEqual([]);
    });

    it('counts nothing where nobody asks for that', async () => {
      for (let n = 0; n < 5; n++) {
        if (n === 0) await create('r', 'w0');
        else expect(await store.claim(worker(`w${n}`))).toEqual([{ runId: 'r', token: n + 1 }]);
        await die(`w${n}`);
      }
      expect(await claim('b')).toMatchObject([{ crashes: { count: 1, alone: 1 } }]);
    });

    it('holds a run back for longer and longer, whatever it is sent, and gives it to those who ask for suspects', async () => {
      await create('r', 'w0');
      await die('w0');
      expect(await ids('w1')).toEqual(['r']);
      await die('w1');
      for (const [n, ms] of [1_000, 2_000, 4_000].entries()) {
        expect(await claim('x')).toEqual([]);
        expect(heldBack).toEqual([
          { runId: 'r', fn: 'shop/order', crashes: { count: n + 2, until: now + ms } },
        ]);
        expect(await store.nextDue(['shop/order'])).toBe(now + ms);
        await store.send('r', { kind: 'signal', name: 's', ok: true, value: '1j1' });
        expect(await ids('x', { only: 'r' })).toEqual([]);
        expect(await store.waiting(['shop/order'], now)).toEqual(['r']);
        now += ms - 1;
        expect(await ids('x', { caution: suspects })).toEqual([]);
        now += 1;
        expect(await ids('x')).toEqual([]);
        expect(await ids('x', { only: 'r' })).toEqual([]);
        const claims = await claim(`y${n}`, { caution: suspects });
        expect(claims).toMatchObject([{ runId: 'r', crashes: { count: n + 2, alone: n + 2 } }]);
        await die(`y${n}`);
        heldBack = [];
      }
    });

    it('forgets the crashes of a run that has recorded something since', async () => {
      await crash('r', 3);
      expect(await claim('b')).toEqual([]);
      now += 60_000;
      const [again] = (await claim('b', { caution: suspects })) as [Claim];
      expect(again.crashes?.count).toBe(3);
      expect(await store.append([{ claim: again, seq: 1, events: [step('a')] }])).toEqual([]);
      await die('b');
      expect(await claim('c')).toEqual([{ runId: 'r', token: again.token + 1 }]);
      await die('c');
      expect(await claim('d')).toMatchObject([{ crashes: { count: 1, alone: 1 } }]);
    });

    it('forgets them when that is said, and when the run is parked or released with something recorded', async () => {
      await crash('r', 2);
      expect(await claim('b')).toEqual([]);
      now += 1_000;
      let [held] = (await claim('b', { caution: suspects })) as [Claim];
      await store.clear([held, { runId: 'none', token: 1 }]);
      await die('b');
      [held] = (await claim('c')) as [Claim];
      expect(held.crashes?.count).toBe(1);
      await store.park(held, now, 0);
      expect(await claim('c')).toEqual([{ runId: 'r', token: held.token + 1 }]);
      await die('c');
      [held] = (await claim('d')) as [Claim];
      expect(held.crashes?.count).toBe(1);
      await store.append([{ claim: held, seq: 1, events: [step('a')] }]);
      await store.release('d');
      expect(await claim('e')).toEqual([{ runId: 'r', token: held.token + 1 }]);
    });

    it('keeps them when the run is released without that, or waits for room', async () => {
      await create('r', 'w0');
      await die('w0');
      await claim('w1');
      await store.release('w1');
      const [again] = (await claim('w2')) as [Claim];
      expect(again.crashes?.count).toBe(1);
      await store.park(again, 0, 0);
      expect(await claim('w3')).toMatchObject([{ crashes: { count: 1 } }]);
    });

    it('knows which run was the only one of its worker that has recorded nothing', async () => {
      const one = await create('one');
      await create('two');
      await store.append([{ claim: one, seq: 1, events: [step('a')] }]);
      await die('a');
      const claims = await claim('b');
      expect(claims.map(({ runId, crashes }) => [runId, crashes?.alone])).toEqual([
        ['one', undefined],
        ['two', 1],
      ]);
      await die('b');
      expect(await ids('c', { fns: ['other'] })).toEqual([]);
      // Both were without: nobody was alone.
      expect(await claim('c')).toMatchObject([{ runId: 'one', crashes: { count: 1, alone: 0 } }]);
      expect(heldBack).toMatchObject([{ runId: 'two', crashes: { count: 2 } }]);
    });

    it('tells what the last worker noted', async () => {
      await create('r', 'w0');
      await die('w0');
      const [held] = (await claim('w1')) as [Claim];
      await store.note(held, 'charge');
      await store.note({ ...held, token: 0 }, 'stale');
      await die('w1');
      await claim('x');
      now += 1_000;
      expect(await claim('x', { caution: suspects })).toMatchObject([{ crashes: { doing: 'charge' } }]);
      await die('x');
      await claim('y');
      now += 2_000;
      expect(await claim('y', { caution: suspects })).toMatchObject([{ crashes: { doing: null } }]);
    });

    it('no longer holds back what is to be blocked, and claims it only anew', async () => {
      await crash('r', 5);
      expect(await claim('b')).toEqual([]);
      const [held] = (await claim('b', { caution: suspects })) as [Claim];
      expect(held.crashes).toMatchObject({ count: 5, alone: 5 });
      expect(await store.block(held, 'it kills', true)).toBe(true);
      expect(await store.record('r')).toMatchObject({ status: 'blocked', reason: 'it kills' });
      expect(await claim('c')).toEqual([]);
      expect(await claim('c', { caution: suspects })).toEqual([]);
      expect(await claim('c', { only: 'r' })).toEqual([]);
      expect(await store.claim(worker('c'))).toEqual([]);
      expect(await store.waiting(['shop/order'], now)).toEqual([]);
      expect(await claim('c', { only: 'r', anew: true })).toEqual([{ runId: 'r', token: held.token + 1 }]);
      expect(await store.record('r')).toMatchObject({ status: 'running', reason: null });
      await die('c');
      expect(await claim('d')).toMatchObject([{ crashes: { count: 1 } }]);
    });

    it('gives a run that is held back to one who asks for it anew', async () => {
      await crash('r', 2);
      expect(await claim('b')).toEqual([]);
      const [held] = (await claim('b', { only: 'r', anew: true })) as [Claim];
      expect(held).toEqual({ runId: 'r', token: 3 });
      await create('s', 'b');
      expect(await claim('c', { only: 's', anew: true })).toEqual([]);
    });

    it('forgets them when a run is blocked for another reason', async () => {
      await crash('r', 2);
      expect(await claim('b')).toEqual([]);
      now += 1_000;
      const [held] = (await claim('b', { caution: suspects })) as [Claim];
      await store.block(held, 'it does not fit');
      expect(await claim('b')).toEqual([{ runId: 'r', token: held.token + 1 }]);
    });

    it('claims journals up to a size, and says which one is too large', async () => {
      const large = { ...step('a'), value: `1j"${'x'.repeat(10_000)}"` };
      for (const id of ['one', 'two', 'three', 'four']) {
        const held = await create(id);
        await store.append([{ claim: held, seq: 1, events: id === 'one' ? [step('a')] : [large] }]);
      }
      const blocked = await create('five');
      await store.block(blocked, 'why');
      await store.release('a');
      expect(await ids('b', { bytes: 25_000 })).toEqual(['one', 'two', 'three']);
      expect(heldBack).toEqual([{ runId: 'four', fn: 'shop/order', bytes: expect.any(Number) }]);
      expect(heldBack[0]!.bytes).toBeGreaterThan(10_000);
      expect(heldBack[0]!.bytes).toBeLessThan(12_000);
      // What was to be taken up again waits as the others do.
      expect(await store.record('five')).toMatchObject({ status: 'running', reason: null });
      expect(await store.waiting(['shop/order'], now)).toEqual(['four', 'five']);
      expect(await ids('b', { bytes: 5_000 })).toEqual([]);
      expect(await claim('b', { bytes: 5_000, atLeastOne: true })).toEqual([
        { runId: 'four', token: 2, bytes: expect.any(Number) },
      ]);
      expect(await ids('b', { bytes: 5_000 })).toEqual(['five']);
    });

    /** A worker that only stood still reports, and hears that it was found gone. */
    const report = (by: string, wasBlocked?: boolean) => store.renew(worker(by), wasBlocked);

    it('takes back what was counted for a worker that lives', async () => {
      await crash('r', 2);
      expect(await claim('x')).toEqual([]);
      expect(heldBack).toMatchObject([{ runId: 'r', crashes: { count: 2 } }]);
      expect(await report('n1')).toBe(false);
      expect(await claim('x')).toEqual([]);
      now += 1_000;
      expect(await claim('x')).toMatchObject([{ runId: 'r', crashes: { count: 1, alone: 1 } }]);
      expect(await report('first')).toBe(false);
      await die('x');
      expect(await claim('y')).toMatchObject([{ crashes: { count: 1, alone: 1 } }]);
    });

    it('takes it back when such a worker is closed, and not from one that was only released', async () => {
      await crash('r', 2);
      expect(await claim('x')).toEqual([]);
      await store.release('n1');
      now += 1_000;
      expect(await claim('x')).toMatchObject([{ runId: 'r', crashes: { count: 1 } }]);
      await store.release('x');
      expect(await claim('y')).toMatchObject([{ runId: 'r', crashes: { count: 1 } }]);
    });

    it('takes nothing back for a worker whose event loop was blocked, or that isn’t one of those', async () => {
      await crash('r', 2);
      expect(await claim('x')).toEqual([]);
      expect(await report('n1', true)).toBe(false);
      expect(await report('n')).toBe(false);
      expect(await report('n1')).toBe(false);
      expect(await claim('x')).toEqual([]);
      now += 1_000;
      expect(await claim('x', { caution: suspects })).toMatchObject([{ crashes: { count: 2, alone: 2 } }]);
    });

    it('lets a run go on that was blocked for such workers', async () => {
      await crash('r', 5);
      expect(await claim('b')).toEqual([]);
      const [held] = (await claim('b', { caution: suspects })) as [Claim];
      await store.block(held, 'it kills', true);
      expect(await report('n3')).toBe(false);
      expect(await store.record('r')).toMatchObject({ status: 'running', reason: null });
      expect(await claim('c', { caution: suspects })).toMatchObject([
        { runId: 'r', crashes: { count: 4, alone: 4 } },
      ]);
    });

    it('has forgotten a run that has ended', async () => {
      await crash('r', 2);
      expect(await claim('b')).toEqual([]);
      now += 1_000;
      const [held] = (await claim('b', { caution: suspects })) as [Claim];
      await store.append([{ claim: held, seq: 1, events: [ended(false)] }]);
      const again = (await store.reopen('r', { seq: 1, token: held.token }, worker('b')))!;
      await die('b');
      expect(await claim('c')).toMatchObject([{ token: again.token + 1, crashes: { count: 1 } }]);
    });
  });
}

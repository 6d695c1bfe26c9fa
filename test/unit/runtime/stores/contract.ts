/** What every store must do. A store's own test file calls `storeContract` and adds what only it can get wrong. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Attributes } from '../../../../runtime/base/attributes.ts';
import { MisuseError, RuntimeClosedError } from '../../../../runtime/base/errors.ts';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';
import type { Store } from '../../../../runtime/stores/store.ts';
import { crashesContract } from './crashes-contract.ts';
import { deadPid, ended, started, step, worker } from './events.ts';

export function storeContract(name: string, open: () => Store): void {
  crashesContract(name, open);
  describe(`contract: ${name}`, () => {
    let store: Store;
    beforeEach(() => {
      store = open();
    });
    afterEach(() => store.close());

    const journal = async (id: string): Promise<readonly JournalEvent[]> => (await store.load(id))!.events;
    const create = async (id: string, by = worker('a'), event = started()) =>
      (await store.create(id, event, by))!;

    /** As it is now. */
    const reopen = async (id: string, seq: number, by: string) =>
      store.reopen(id, { seq, token: (await store.load(id))!.token }, worker(by));

    it('creates a run once', async () => {
      expect(await store.create('r', started(), worker('a'))).toEqual({
        runId: 'r',
        token: expect.any(Number),
      });
      expect(await store.create('r', started(9, 'other'), worker('b'))).toBeNull();
      expect(await store.load('r')).toEqual({
        record: {
          id: 'r',
          fn: 'shop/order',
          status: 'running',
          reason: null,
          createdAt: 1_000,
          updatedAt: 1_000,
          attributes: {},
        },
        events: [started()],
        messages: [],
        token: 1,
      });
    });

    it('has the attributes of runs, and finds runs by all that are asked for', async () => {
      const attributes = { customer: 'c-1', total: 12, urgent: true, due: { time: 5 } };
      const due = new Date(5);
      const first = await create('r1', worker('a'), { ...started(), attributes });
      await create('r2', worker('a'), {
        ...started(2_000, 'other'),
        attributes: { customer: 'c-1', total: 13 },
      });
      await create('r3', worker('a'), started(3_000));
      const found = async (wanted: Attributes, more = {}): Promise<string[]> =>
        (await store.list({ attributes: wanted, ...more })).map(({ id }) => id);
      expect((await store.record('r1'))?.attributes).toEqual({
        customer: 'c-1',
        total: 12,
        urgent: true,
        due,
      });
      expect(await found({ customer: 'c-1' })).toEqual(['r1', 'r2']);
      expect(await found({ customer: 'c-1', total: 12, due })).toEqual(['r1']);
      expect(await found({ customer: 'c-1' }, { limit: 1 })).toEqual(['r1']);
      expect(await found({ customer: 'c-1' }, { cursor: 'r1' })).toEqual(['r2']);
      expect(await found({ customer: 'c-1' }, { fn: 'other' })).toEqual(['r2']);
      expect(await found({ customer: 'c-1' }, { status: 'failed' })).toEqual([]);
      expect(await found({ total: '12' })).toEqual([]);
      expect(await found({ customer: 'c-1', none: 1 })).toEqual([]);
      expect(await found({})).toEqual(['r1', 'r2', 'r3']);
      const shown = { attributes: { customer: 'c-2', total: null, note: '\'\u00e9"' } };
      await store.append([{ claim: first, seq: 1, events: [step('a')], shown }]);
      expect(await journal('r1')).toHaveLength(2);
      expect((await store.list())[0]?.attributes).toEqual({
        customer: 'c-2',
        urgent: true,
        due,
        note: `'\u00e9"`,
      });
      expect(await found({ customer: 'c-1' })).toEqual(['r2']);
      expect(
        await store.append([{ claim: first, seq: 2, events: [], shown: { attributes: { alone: 0.1 } } }]),
      ).toEqual([]);
      expect(await found({ alone: 0.1 })).toEqual(['r1']);
      expect((await store.load('r1'))!.record.attributes).toMatchObject({ alone: 0.1 });
      const refused = {
        claim: { ...first, token: 99 },
        seq: 2,
        events: [],
        shown: { attributes: { alone: 2 } },
      };
      expect(await store.append([refused])).toEqual(['r1']);
      expect(await store.append([{ ...refused, claim: first, seq: 7 }])).toEqual(['r1']);
      expect(await found({ alone: 2 })).toEqual([]);
    });

    it('removes the attributes of a run with it', async () => {
      const claim = await create('r', worker('a'), { ...started(), attributes: { customer: 'c-1' } });
      await store.append([{ claim, seq: 1, events: [ended()] }]);
      expect(await store.prune(10_000, 100)).toEqual({ runs: 1, done: true });
      expect(await store.list({ attributes: { customer: 'c-1' } })).toEqual([]);
      await create('r', worker('a'));
      expect((await store.record('r'))?.attributes).toEqual({});
    });

    it('knows no run that was not created', async () => {
      expect(await store.load('none')).toBeUndefined();
      expect(await store.record('none')).toBeUndefined();
      expect(await store.claim(worker('a'), { only: 'none' })).toEqual([]);
    });

    it('knows which code unfinished runs execute, their own and what they have called', async () => {
      const fn = 'shop/order';
      const none = { running: 0, blocked: 0, since: 1_000 };
      const first = await create('r1', worker('a'), { ...started(), code: { [fn]: 'A' } });
      const second = await create('r2', worker('a'), { ...started(2_000), code: { [fn]: 'A' } });
      await store.append([{ claim: second, seq: 1, events: [{ ...step('a'), code: { inner: 'X' } }] }]);
      await create('r3', worker('a'), started(3_000));
      expect(await store.codeInUse()).toEqual([
        { ...none, fn: 'inner', code: 'X', running: 1, since: 2_000 },
        { ...none, fn, code: 'A', running: 2 },
        { ...none, fn, code: null, running: 1, since: 3_000 },
      ]);
      await store.append([
        { claim: first, seq: 1, events: [{ ...step('a'), code: { inner: 'X' } }, step('b')] },
      ]);
      await store.append([
        { claim: first, seq: 3, events: [{ ...step('c'), code: { [fn]: 'B', inner: 'Y' } }] },
      ]);
      expect(await store.isInUse(fn, 'A')).toBe(true);
      expect(await store.isInUse('inner', 'Y')).toBe(true);
      await store.block(second, 'why');
      expect((await store.codeInUse()).find(({ code }) => code === 'A')).toEqual({
        ...none,
        fn,
        code: 'A',
        blocked: 1,
        since: 2_000,
      });
      await store.append([{ claim: first, seq: 4, events: [{ ...ended(false), code: { [fn]: 'C' } }] }]);
      expect(await store.isInUse(fn, 'B')).toBe(false);
      expect(await store.isInUse('inner', 'Y')).toBe(false);
      expect((await store.codeInUse()).map(({ code }) => code)).toEqual(['X', 'A', null]);
      // What is taken back is not executed any more.
      await reopen('r1', 3, 'a');
      expect((await store.codeInUse()).map(({ code }) => code)).toEqual(['X', 'A', null]);
      expect(await store.isInUse('inner', 'Y')).toBe(false);
    });

    it('keeps ids apart that look alike', async () => {
      for (const id of ['r', 'R', 'r ', "r'", 'ŕ', '%', '', 'r\u0000x'])
        await create(id, worker('a'), started(id.length));
      expect((await store.list()).length).toBe(8);
      expect((await store.record('r\u0000x'))?.createdAt).toBe(3);
    });

    it('appends in order, several runs and several events at a time', async () => {
      const [one, two] = [await create('one'), await create('two')];
      expect(await store.append([{ claim: one, seq: 1, events: [step('a')] }])).toEqual([]);
      const batch = [
        { claim: one, seq: 2, events: [step('b'), step('c', 2_500)] },
        { claim: two, seq: 1, events: [step('x')] },
        { claim: one, seq: 4, events: [step('d', 2_600)] },
      ];
      expect(await store.append(batch)).toEqual([]);
      expect(await journal('one')).toEqual([
        started(),
        step('a'),
        step('b'),
        step('c', 2_500),
        step('d', 2_600),
      ]);
      expect(await journal('two')).toEqual([started(), step('x')]);
      expect((await store.record('one'))?.updatedAt).toBe(2_600);
      expect(await store.append([])).toEqual([]);
    });

    it.each([0, 1, 3])('refuses events at the wrong place (%i)', async (seq) => {
      const claim = await create('r');
      await store.append([{ claim, seq: 1, events: [step('a')] }]);
      expect(await store.append([{ claim, seq, events: [step('b')] }])).toEqual(['r']);
      expect(await store.append([{ claim, seq, events: [step('b'), step('c')] }])).toEqual(['r']);
      expect(await journal('r')).toEqual([started(), step('a')]);
    });

    it('writes the others of a batch when one is refused', async () => {
      const [one, two, three] = [await create('one'), await create('two'), await create('three')];
      const stale = { ...two, token: two.token - 1 };
      const refused = await store.append([
        { claim: one, seq: 1, events: [step('a')] },
        { claim: stale, seq: 1, events: [step('b')] },
        { claim: { runId: 'none', token: 1 }, seq: 1, events: [step('b')] },
        { claim: three, seq: 1, events: [step('c'), ended()] },
      ]);
      expect(refused).toEqual(['two', 'none']);
      expect(await journal('one')).toHaveLength(2);
      expect(await journal('two')).toEqual([started()]);
      expect(await journal('three')).toHaveLength(3);
      expect((await store.record('three'))?.status).toBe('completed');
    });

    it.each([
      [true, 'completed'],
      [false, 'failed'],
    ] as const)('ends a run (ok: %s) for good', async (ok, status) => {
      const claim = await create('r');
      expect(await store.append([{ claim, seq: 1, events: [ended(ok)] }])).toEqual([]);
      expect(await store.record('r')).toMatchObject({ status, updatedAt: 3_000 });
      expect(await store.append([{ claim, seq: 2, events: [step('late')] }])).toEqual(['r']);
      expect(await store.block(claim, 'late')).toBe(false);
      await store.release('a');
      expect(await store.claim(worker('b'))).toEqual([]);
      expect(await store.record('r')).toMatchObject({ status, reason: null });
    });

    it('blocks a run, and claims it again', async () => {
      const claim = await create('r');
      expect(await store.block(claim, 'step "b" is new')).toBe(true);
      expect(await store.record('r')).toMatchObject({ status: 'blocked', reason: 'step "b" is new' });
      expect(await store.append([{ claim, seq: 1, events: [step('a')] }])).toEqual(['r']);
      expect(await store.block(claim, 'again')).toBe(false);
      const again = await store.claim(worker('a'));
      expect(again).toEqual([{ runId: 'r', token: claim.token + 1 }]);
      expect(await store.record('r')).toMatchObject({ status: 'running', reason: null });
      expect(await store.append([{ claim: again[0]!, seq: 1, events: [step('a')] }])).toEqual([]);
    });

    it('claims runs of other functions only where no other worker may know them', async () => {
      await create('r', worker('a'));
      const wish = { fns: ['other'], strays: true };
      expect(await store.claim(worker('c'), wish)).toEqual([]);
      await store.release('a');
      expect(await store.claim(worker('b'), { fns: ['other'] })).toEqual([]);
      expect(await store.claim(worker('b'), wish)).toEqual([]);
      await store.release('c');
      expect(await store.claim(worker('b'), wish)).toEqual([{ runId: 'r', token: 2 }]);
    });

    it('claims nothing that a live worker holds', async () => {
      await create('r', worker('a'));
      expect(await store.claim(worker('b'))).toEqual([]);
      expect(await store.claim(worker('a'))).toEqual([]);
      expect(await store.claim(worker('b'), { only: 'r' })).toEqual([]);
    });

    it('claims a run whose lease has run out, and fences its worker off', async () => {
      const old = await create('r', worker('a', { leaseUntil: Date.now() - 1 }));
      // Nobody has taken it over so far, so its worker may go on.
      expect(await store.append([{ claim: old, seq: 1, events: [step('a')] }])).toEqual([]);
      const [claim] = await store.claim(worker('b'));
      expect(claim!.token).toBeGreaterThan(old.token);
      expect(await store.append([{ claim: old, seq: 2, events: [step('b')] }])).toEqual(['r']);
      expect(await store.append([{ claim: old, seq: 2, events: [step('b'), ended()] }])).toEqual(['r']);
      expect(await store.block(old, 'stale')).toBe(false);
      expect(await store.append([{ claim: claim!, seq: 2, events: [step('c')] }])).toEqual([]);
      expect(await journal('r')).toEqual([started(), step('a'), step('c')]);
      expect(await store.claim(worker('a'))).toEqual([]);
    });

    it('claims a run whose lease ends later than that of any worker: it is damaged', async () => {
      await create('r', worker('a', { leaseUntil: Date.now() + 2 ** 34 }));
      expect(await store.claim(worker('b'))).toHaveLength(1);
    });

    it('extends leases for the worker that holds them only', async () => {
      const gone = { leaseUntil: Date.now() - 1 };
      await create('r', worker('a', gone));
      await create('s', worker('b', gone));
      await store.renew(worker('a'));
      expect((await store.claim(worker('c'))).map(({ runId }) => runId)).toEqual(['s']);
    });

    it('releases the runs of one worker at once', async () => {
      const claim = await create('r', worker('a'));
      await create('s', worker('b'));
      await store.release('a');
      expect(await store.append([{ claim, seq: 1, events: [step('a')] }])).toEqual(['r']);
      expect((await store.claim(worker('c'))).map(({ runId }) => runId)).toEqual(['r']);
    });

    it('claims all that is free, oldest first, or just one run', async () => {
      for (const id of ['c', 'a', 'b']) await create(id, worker('x'));
      await store.release('x');
      expect((await store.claim(worker('y'), { only: 'a' })).map(({ runId }) => runId)).toEqual(['a']);
      expect((await store.claim(worker('y'))).map(({ runId }) => runId)).toEqual(['c', 'b']);
    });

    it('claims at once what a dead process of this host held', async () => {
      const pid = deadPid();
      await create('here', worker('a', { pid }));
      await create('elsewhere', worker('b', { pid, host: 'another-host' }));
      await create('nonsense', worker('c', { pid: 0 }));
      const claims = await store.claim(worker('d'));
      expect(claims.map(({ runId }) => runId)).toEqual(['here', 'nonsense']);
    });

    it('does several things in one transaction, or none of them', async () => {
      await store.together(() => {
        void store.create('one', started(), worker('a'));
        void store.create('two', started(), worker('a'));
      });
      expect((await store.list()).map(({ id }) => id)).toEqual(['one', 'two']);
      await expect(
        (async () =>
          store.together(() => {
            throw new MisuseError('enough');
          }))(),
      ).rejects.toThrow('enough');
      await create('three');
      expect(await store.list()).toHaveLength(3);
    });

    it('parks a run until it is due', async () => {
      const claim = await create('r');
      await create('s');
      expect(await store.park(claim, 5_000, 0)).toBe(true);
      expect(await store.append([{ claim, seq: 1, events: [step('a')] }])).toEqual(['r']);
      expect(await store.park(claim, 1, 0)).toBe(false);
      expect(await store.nextDue(['shop/order', 'other'])).toBe(5_000);
      expect(await store.nextDue(['other'])).toBeUndefined();
      expect(await store.claim(worker('b'), { now: 4_999 })).toEqual([]);
      expect(await store.claim(worker('b'), { now: 4_999, only: 'r' })).toEqual([]);
      const [again] = await store.claim(worker('b'), { now: 5_000 });
      expect(again).toEqual({ runId: 'r', token: claim.token + 1 });
      expect(await store.nextDue(['shop/order'])).toBeUndefined();
      expect(await store.append([{ claim: again!, seq: 1, events: [step('a')] }])).toEqual([]);
    });

    it('wakes a parked run when it is sent something that it has not seen', async () => {
      const message = { kind: 'signal', name: 'x', ok: true, value: '1j1' } as const;
      let claim = await create('r');
      await store.send('r', message);
      const seen = (await store.load('r'))!.messages[0]!.seq;
      await store.park(claim, Number.POSITIVE_INFINITY, seen);
      expect(await store.nextDue(['shop/order'])).toBe(Number.POSITIVE_INFINITY);
      expect(await store.claim(worker('b'))).toEqual([]);
      await store.send('r', message);
      [claim] = (await store.claim(worker('b'))) as [typeof claim];
      // Sent while it was being parked: not seen either.
      await store.park(claim, Number.POSITIVE_INFINITY, seen);
      expect(await store.claim(worker('c'))).toHaveLength(1);
    });

    it('claims what is wished for', async () => {
      for (const [id, fn] of [
        ['one', 'a'],
        ['two', 'b'],
        ['three', 'a'],
        ['four', 'a'],
      ] as const)
        await create(id, worker('x'), started(1, fn));
      await store.release('x');
      const ids = async (wish: Parameters<Store['claim']>[1]) =>
        (await store.claim(worker('y'), wish)).map(({ runId }) => runId);
      expect(await ids({ fns: [] })).toEqual([]);
      expect(await ids({ fns: ['a'], limit: 2 })).toEqual(['one', 'three']);
      const blocked = (await create('five', worker('x'), started(1, 'a')))!;
      await store.block(blocked, 'why');
      expect(await ids({ fns: ['a', 'b'], running: true })).toEqual(['two', 'four']);
      await create('six', worker('x'), started(1, 'a'));
      await store.release('x');
      expect(await ids({ fns: ['b'], blocked: true })).toEqual([]);
      expect(await ids({ fns: ['a'], blocked: true })).toEqual(['five']);
      expect(await ids({})).toEqual(['six']);
    });

    it('tells a worker that was found gone', async () => {
      const gone = worker('a', { leaseUntil: Date.now() - 1 });
      const old = await create('r', gone);
      expect(await store.renew(worker('unknown'))).toBe(false);
      await store.claim(worker('b'));
      expect(await store.renew(worker('a'))).toBe(false);
      // It may come back as a new one.
      const fresh = await create('s', worker('a'));
      expect(await store.renew(worker('a'))).toBe(true);
      expect(await store.append([{ claim: old, seq: 1, events: [step('a')] }])).toEqual(['r']);
      expect(await store.append([{ claim: fresh, seq: 1, events: [step('a')] }])).toEqual([]);
      expect(await store.claim(worker('c'))).toEqual([]);
    });

    it('gives a worker that was found gone nothing before it has been told so', async () => {
      await create('r', worker('a', { leaseUntil: Date.now() - 1 }));
      expect(await store.claim(worker('b'), { fns: ['another'] })).toEqual([]);
      expect(await store.claim(worker('a'))).toEqual([]);
      expect(await store.renew(worker('a'))).toBe(false);
      expect(await store.claim(worker('a'), { driven: ['r'] })).toEqual([]);
      expect(await store.claim(worker('a'), { driven: [] })).toEqual([{ runId: 'r', token: 2 }]);
    });

    it('claims anew what a worker holds and does not drive', async () => {
      const claims = [await create('r'), await create('s'), await create('t', worker('b'))];
      expect(await store.claim(worker('a'), { only: 'r' })).toEqual([]);
      expect(await store.claim(worker('a'), { only: 'r', driven: ['r'] })).toEqual([]);
      expect(await store.claim(worker('a'), { driven: ['s'] })).toEqual([{ runId: 'r', token: 2 }]);
      expect(await store.claim(worker('a'), { only: 's', driven: [] })).toEqual([{ runId: 's', token: 2 }]);
      expect(await store.claim(worker('a'), { only: 't', driven: [] })).toEqual([]);
      const appended = claims.map((claim) => ({ claim, seq: 1, events: [step('x')] }));
      expect(await store.append(appended)).toEqual(['r', 's']);
    });

    it('reopens an ended run, and sends again what is undone', async () => {
      const claim = await create('r');
      const message = { kind: 'signal', name: 'a:b', ok: true, value: '1j7' } as const;
      await store.send('r', message);
      const { seq } = (await store.load('r'))!.messages[0]!;
      const taken = {
        type: 'received',
        key: 'k',
        at: 5,
        ok: true,
        value: '1j7',
        channel: 'signal:a:b',
        message: seq,
      } as const;
      const callback = { type: 'callback-created', key: 'c', at: 6, token: 'once more' } as const;
      expect(await reopen('r', 1, 'b')).toBeNull();
      await store.append([{ claim, seq: 1, events: [step('a'), taken, callback, ended(false)] }]);
      const again = await reopen('r', 2, 'b');
      expect(again!.token).toBeGreaterThan(claim.token);
      const run = (await store.load('r'))!;
      expect(run.record).toMatchObject({ status: 'running', reason: null });
      expect(run.events).toEqual([started(), step('a')]);
      expect(run.messages).toMatchObject([message]);
      expect(await store.append([{ claim, seq: 2, events: [step('b')] }])).toEqual(['r']);
      expect(await store.append([{ claim: again!, seq: 2, events: [callback, ended()] }])).toEqual([]);
      expect(await store.reopen('none', { seq: 1, token: 1 }, worker('b'))).toBeNull();
    });

    it('does not reopen a run that has gone on since it was read', async () => {
      await store.append([{ claim: await create('r'), seq: 1, events: [ended(false)] }]);
      const read = (await store.load('r'))!;
      const again = (await reopen('r', 1, 'b'))!;
      const events = [step('a'), ended(true)];
      expect(await store.append([{ claim: again, seq: 1, events }])).toEqual([]);
      const late = { seq: 1, token: read.token };
      expect(await store.reopen('r', late, worker('c'))).toBeNull();
      const after = (await store.load('r'))!;
      expect(after.events).toEqual([started(), ...events]);
      expect(after.record.status).toBe('completed');
    });

    it('reopens a run with what it had not taken, behind what is undone, and with the ends of those it watches', async () => {
      const claim = await create('r');
      const child = await create('child', worker('a'));
      await store.watch('child', 'r');
      const signal = (value: string) => ({ kind: 'signal', name: 's', ok: true, value }) as const;
      await store.send('r', signal('1j1'));
      await store.send('r', signal('1j2'));
      await store.send('r', { kind: 'cancel', name: '', ok: false, value: '1j"no"' });
      const { seq } = (await store.load('r'))!.messages[0]!;
      const taken = {
        type: 'received',
        key: 'k',
        at: 5,
        ok: true,
        value: '1j1',
        channel: 'signal:s',
        message: seq,
      } as const;
      await store.append([{ claim, seq: 1, events: [taken, ended(false)] }]);
      await store.append([{ claim: child, seq: 1, events: [ended(true)] }]);
      await reopen('r', 1, 'b');
      const { messages } = (await store.load('r'))!;
      expect(messages).toMatchObject([
        signal('1j1'),
        signal('1j2'),
        { kind: 'child', name: 'child', ok: true },
      ]);
      expect([...messages].sort((a, b) => a.seq - b.seq)).toEqual(messages);
    });

    it('keeps nothing for a run that has completed', async () => {
      const claim = await create('r');
      await store.send('r', { kind: 'signal', name: 's', ok: true, value: '1j1' });
      await store.append([{ claim, seq: 1, events: [ended(true)] }]);
      expect((await store.load('r'))!.messages).toEqual([]);
    });

    it('gives the end of a run that has one, without the rest of it', async () => {
      const claim = await create('r');
      await store.append([{ claim, seq: 1, events: [step('a')] }]);
      expect(await store.ended('none')).toBeUndefined();
      expect(await store.ended('r')).toBeUndefined();
      await store.append([{ claim, seq: 2, events: [ended(false)] }]);
      expect(await store.ended('r')).toEqual(ended(false));
      await reopen('r', 1, 'a');
      expect(await store.ended('r')).toBeUndefined();
    });

    it('keeps a run that another one watches from its beginning, and sends its end', async () => {
      await create('parent');
      const claim = (await store.create('child', started(), worker('a'), 'parent'))!;
      await store.append([{ claim, seq: 1, events: [ended()] }]);
      expect((await store.load('parent'))!.messages).toMatchObject([
        { kind: 'child', name: 'child', ok: true },
      ]);
      await store.watch('child', 'parent');
      expect((await store.load('parent'))!.messages).toHaveLength(1);
      expect(await store.prune(1_000_000, 100)).toEqual({ runs: 0, done: true });
      expect(await store.load('child')).toBeDefined();
    });

    it('prunes what has ended before a moment, so many rows at a time', async () => {
      for (const [id, at] of [
        ['new', 3_000],
        ['old', 1_000],
        ['older', 500],
      ] as const) {
        const claim = await create(id);
        await store.append([{ claim, seq: 1, events: [ended(true, at)] }]);
      }
      await create('open');
      expect(await store.prune(2_000, 1)).toEqual({ runs: 1, done: false });
      expect((await store.list()).map(({ id }) => id)).toEqual([
        'new',
        expect.stringMatching(/^old/),
        'open',
      ]);
      expect(await store.prune(2_000, 100)).toEqual({ runs: 1, done: true });
      expect(await store.prune(2_000, 100)).toEqual({ runs: 0, done: true });
      expect((await store.list()).map(({ id }) => id)).toEqual(['new', 'open']);
      expect(await store.load('old')).toBeUndefined();
    });

    it('lists oldest first, by pages and filters', async () => {
      for (let i = 0; i < 7; i++)
        await create(`r${i}`, worker('a'), started(100 - i, i % 2 ? 'odd' : 'even'));
      const claim = (await create('last'))!;
      await store.append([{ claim, seq: 1, events: [ended(false)] }]);
      const ids = async (filter?: Parameters<Store['list']>[0]) =>
        (await store.list(filter)).map(({ id }) => id);
      expect(await ids()).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'last']);
      expect(await ids({ limit: 3 })).toEqual(['r0', 'r1', 'r2']);
      expect(await ids({ limit: 3, cursor: 'r2' })).toEqual(['r3', 'r4', 'r5']);
      expect(await ids({ cursor: 'last' })).toEqual([]);
      expect(await ids({ fn: 'odd', limit: 2, cursor: 'r1' })).toEqual(['r3', 'r5']);
      expect(await ids({ status: 'failed' })).toEqual(['last']);
      expect(await ids({ status: 'failed', fn: 'odd' })).toEqual([]);
      await expect((async () => store.list({ cursor: 'none' }))()).rejects.toThrow(MisuseError);
    });

    it('lists 100 unless told otherwise', async () => {
      for (let i = 0; i < 101; i++) await create(`r${i}`);
      expect(await store.list()).toHaveLength(100);
      expect(await store.list({ limit: 1_000 })).toHaveLength(101);
    });

    describe('messages', () => {
      const signal = (name: string, value = '1j1') => ({ kind: 'signal', name, ok: true, value }) as const;
      const names = (messages: readonly { readonly name: string }[]) => messages.map(({ name }) => name);

      it('are kept in order until an event takes them', async () => {
        const claim = await create('r');
        await create('other');
        for (const name of ['a', 'b', 'c']) expect(await store.send('r', signal(name))).toBe('sent');
        await store.send('other', signal('x'));
        const { messages } = (await store.load('r'))!;
        expect(messages).toEqual([
          { seq: expect.any(Number), ...signal('a') },
          { seq: expect.any(Number), ...signal('b') },
          { seq: expect.any(Number), ...signal('c') },
        ]);
        const [, second] = messages;
        const event = {
          type: 'received',
          key: 'k',
          at: 5,
          ok: true,
          value: '1j1',
          channel: 'signal:b',
          message: second!.seq,
        } as const;
        expect(await store.append([{ claim, seq: 1, events: [event] }])).toEqual([]);
        expect(names((await store.load('r'))!.messages)).toEqual(['a', 'c']);
        expect(names((await store.load('other'))!.messages)).toEqual(['x']);
        const stale = { ...claim, token: claim.token - 1 };
        const [first] = messages;
        await store.append([{ claim: stale, seq: 2, events: [{ ...event, message: first!.seq }] }]);
        expect(names((await store.load('r'))!.messages)).toEqual(['a', 'c']);
      });

      it('are told to the worker that holds the run, once', async () => {
        await create('r', worker('a'));
        await create('s', worker('b'));
        await store.send('r', signal('one', '1j"1"'));
        await store.send('s', signal('not mine'));
        await store.send('r', signal('two'));
        const first = await store.messages('a', 0);
        expect(first.messages).toMatchObject([
          { runId: 'r', ...signal('one', '1j"1"') },
          { runId: 'r', ...signal('two') },
        ]);
        expect(await store.messages('a', first.last)).toEqual({ messages: [], last: first.last });
        await store.send('r', signal('three'));
        const second = await store.messages('a', first.last);
        expect(names(second.messages)).toEqual(['three']);
        expect(second.last).toBeGreaterThan(first.last);
      });

      it('are told to each of several workers that share the store', async () => {
        await create('r', worker('a'));
        await create('s', worker('b'));
        await store.messages('a', 0);
        await store.messages('b', 0);
        await store.send('r', signal('to a'));
        // The worker that asks first is not the one that the message is for.
        const { last } = await store.messages('b', 0);
        const { messages } = await store.messages('a', 0);
        expect(names(messages)).toEqual(['to a']);
        await store.send('s', signal('to b'));
        expect(names((await store.messages('a', last)).messages)).toEqual([]);
        expect(names((await store.messages('b', last)).messages)).toEqual(['to b']);
      });

      it('of an ended run are gone, and none is sent any more', async () => {
        const claim = await create('r');
        await store.send('r', signal('a'));
        await store.append([{ claim, seq: 1, events: [ended()] }]);
        expect((await store.load('r'))!.messages).toEqual([]);
        expect(await store.send('r', signal('b'))).toBe('ended');
        expect(await store.send('none', signal('b'))).toBe('unknown');
      });

      it('reach blocked runs, and those that nobody holds', async () => {
        const claim = await create('r');
        await store.block(claim, 'why');
        expect(await store.send('r', signal('a'))).toBe('sent');
        expect(await store.claim(worker('b'))).toHaveLength(1);
        expect(names((await store.load('r'))!.messages)).toEqual(['a']);
      });

      it('complete a callback once, in time', async () => {
        const claim = await create('r');
        const created = { type: 'callback-created', key: 'c', at: 5, token: 'secret', until: 1_000 } as const;
        const open = { type: 'callback-created', key: 'd', at: 5, token: 'for ever' } as const;
        const outcome = { ok: true, value: '1j7' };
        expect(await store.complete('secret', outcome, 10)).toBe('unknown');
        await store.append([{ claim, seq: 1, events: [created, open] }]);
        expect(await store.complete('secret', outcome, 1_001)).toBe('expired');
        expect(await store.complete('secret', outcome, 1_000)).toBe('completed');
        expect(await store.complete('secret', outcome, 1_000)).toBe('used');
        expect((await store.load('r'))!.messages).toEqual([
          { seq: expect.any(Number), kind: 'callback', name: 'secret', ...outcome },
        ]);
        await store.append([{ claim, seq: 3, events: [ended()] }]);
        expect(await store.complete('for ever', outcome, 10)).toBe('ended');
      });

      it('tell of the end of another run, once, whether it came before or after the wish', async () => {
        const early = await create('early');
        const late = await create('late');
        await create('watcher');
        await store.append([{ claim: early, seq: 1, events: [ended()] }]);
        for (const id of ['early', 'early', 'late', 'late', 'none']) await store.watch(id, 'watcher');
        await store.append([{ claim: late, seq: 1, events: [ended(false)] }]);
        expect((await store.load('watcher'))!.messages).toMatchObject([
          { kind: 'child', name: 'early', ok: true, value: ended().value },
          { kind: 'child', name: 'late', ok: false },
        ]);
      });

      it('have a run end as cancelled', async () => {
        const claim = await create('r');
        await store.append([{ claim, seq: 1, events: [{ ...ended(false), cancelled: true }] }]);
        expect(await store.record('r')).toMatchObject({ status: 'cancelled' });
        expect(await store.claim(worker('b'))).toEqual([]);
      });
    });

    it('gives journals that later appends and the caller do not change', async () => {
      const claim = await create('r');
      const before = await journal('r');
      await store.append([{ claim, seq: 1, events: [step('a')] }]);
      expect(before).toHaveLength(1);
      (before as JournalEvent[]).length = 0;
      expect(await journal('r')).toHaveLength(2);
    });

    it('closes twice, and then does nothing any more', async () => {
      const claim = await create('r');
      await store.close();
      await store.close();
      const uses: (() => unknown)[] = [
        () => store.create('s', started(), worker('a')),
        () => store.together(() => {}),
        () => store.append([{ claim, seq: 1, events: [step('a')] }]),
        () => store.append([]),
        () => store.block(claim, 'x'),
        () => store.load('r'),
        () => store.record('r'),
        () => store.claim(worker('a')),
        () => store.send('r', { kind: 'cancel', name: '', ok: false, value: '1j1' }),
        () => store.complete('token', { ok: true, value: '1j1' }, 0),
        () => store.watch('r', 's'),
        () => store.messages('a', 0),
        () => store.park(claim, 1, 0),
        () => store.nextDue([]),
        () => store.reopen('r', { seq: 1, token: 1 }, worker('a')),
        () => store.prune(1, 1),
        () => store.renew(worker('a')),
        () => store.release('a'),
        () => store.list(),
      ];
      for (const use of uses) await expect((async () => use())()).rejects.toThrow(RuntimeClosedError);
    });
  });
}

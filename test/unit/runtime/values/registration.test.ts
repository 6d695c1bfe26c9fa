import { afterEach, describe, expect, it } from 'vitest';
import { MisuseError } from '../../../../runtime/base/errors.ts';
import { state } from '../../../../runtime/base/process-state.ts';
import { findById, findByInstance, offerClass, registerClass } from '../../../../runtime/values/classes.ts';
import { decode, encode } from '../../../../runtime/values/codec.ts';

afterEach(() => {
  for (const index of [state.registered, state.offered]) {
    index.byId.clear();
    index.byPrototype.clear();
  }
  state.ambiguous.clear();
  state.formerNames.clear();
});

/** Classes of one source text, as a module makes one each time it is evaluated. */
const evaluate = (text: string): (new () => object) => new Function(`return ${text}`)() as new () => object;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a class whose registration was compiled', () => {
  const source = { name: 'Refund', place: 'shop/src/refund.ts#Refund' };

  it('has the name of the source, whatever it is called at run time', () => {
    const Minified = evaluate('class t{}');
    registerClass(Minified, undefined, source);
    const text = encode(new Minified(), 'result') as string;
    expect(text).toContain('Refund');
    expect(decode(text)).toBeInstanceOf(Minified);
  });

  it('is replaced when its module is evaluated again, at once and edited too', () => {
    const [before, after] = [evaluate('class Refund { a = 1 }'), evaluate('class Refund { b = 2 }')];
    registerClass(before, undefined, source);
    const text = encode(new before(), 'result') as string;
    registerClass(after, undefined, source);
    expect(decode(text)).toBeInstanceOf(after);
    // What is under way has instances of the old one.
    expect(decode(encode(new before(), 'result') as string)).toBeInstanceOf(after);
  });

  it('is replaced where several modules register it, whichever comes first', () => {
    const other = { name: 'Refund', place: 'shop/src/codec.ts#Refund' };
    const [before, after] = [evaluate('class Refund {}'), evaluate('class Refund {}')];
    for (const one of [source, other]) registerClass(before, undefined, one);
    for (const one of [source, other]) registerClass(after, undefined, one);
    expect(findById('Refund')?.prototype).toBe(after.prototype);
  });

  it('is not taken for one of another file, and the error names both', () => {
    registerClass(evaluate('class Refund {}'), undefined, source);
    const other = { name: 'Refund', place: 'mail/src/refund.ts#Refund' };
    const register = (): void => registerClass(evaluate('class Refund {}'), undefined, other);
    expect(register).toThrow(MisuseError);
    expect(register).toThrow(/"Refund": shop\/src\/refund\.ts#Refund and mail\/src\/refund\.ts#Refund/);
  });

  it('is read by the name that it had at run time, where only one class had it', () => {
    const Old = evaluate('class RefundImpl {}');
    registerClass(Old, undefined, source);
    expect(findById('RefundImpl')?.prototype).toBe(Old.prototype);
    registerClass(evaluate('class RefundImpl {}'), undefined, {
      name: 'Other',
      place: 'shop/src/other.ts#Other',
    });
    expect(findById('RefundImpl')).toBeUndefined();
    registerClass(evaluate('class t{}'), undefined, { name: 'Short', place: 'shop/src/short.ts#Short' });
    expect(findById('t')).toBeUndefined();
  });
});

describe('a class whose registration was not compiled', () => {
  it('is refused without an id where a minifier seems to have named it', () => {
    for (const text of ['class t {}', 'class Ab {}', 'class abc{}', 'class abc extends Map{}'])
      expect(() => registerClass(evaluate(text))).toThrow(/which a minifier may have named it/);
    for (const text of ['class Job {}', 'class Four{}', 'class Box extends Map {}'])
      registerClass(evaluate(text));
    registerClass(evaluate('class t{}'), { id: 'refund' });
    expect(findById('refund')).toBeDefined();
  });

  it('is replaced by one of the same text in the same file, or by the same call later on', async () => {
    const register = (text: string): void => registerClass(evaluate(text));
    register('class Refund { a = 1 }');
    register('class Refund { a = 1 }');
    expect(() => register('class Refund { b = 2 }')).toThrow(/two classes are registered as "Refund"/);
    await turn();
    register('class Refund { b = 2 }');
    expect(() => registerClass(evaluate('class Refund { c = 3 }'))).toThrow(MisuseError);
    expect(findById('Refund')?.prototype.constructor.toString()).toContain('b = 2');
  });
});

describe('a class that compiled code names', () => {
  it('is replaced when the module that names it is evaluated again', () => {
    const [before, after] = [
      evaluate('class Gone extends Error {}'),
      evaluate('class Gone extends Error {}'),
    ];
    offerClass('Gone', before, 'shop/src/a.ts');
    offerClass('Gone', before, 'shop/src/b.ts');
    offerClass('Gone', after, 'shop/src/a.ts');
    expect(findById('Gone')?.prototype).toBe(after.prototype);
    offerClass('Gone', after, 'shop/src/b.ts');
    expect(findByInstance(new after())?.id).toBe('Gone');
  });

  it('is known by no name where another module has another class of that name', () => {
    offerClass('Gone', evaluate('class Gone extends Error {}'), 'shop/src/a.ts');
    offerClass('Gone', evaluate('class Gone extends Error {}'), 'shop/src/b.ts');
    expect(findById('Gone')).toBeUndefined();
  });
});

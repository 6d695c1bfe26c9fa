import { calleeIn } from '../base/keys.ts';
import type { FlowNode, FlowSite, FunctionFlow } from '../functions/flow.ts';
import type { Manifest, SiteKind, SiteRecord } from '../functions/manifest.ts';
import { readFlow } from '../functions/read-flow.ts';
import { boxesWith, partsOf } from './boxes.ts';
import { sitesIn } from './walk.ts';

/** A place in the source that a version of the code was compiled from. */
export interface SourcePlace {
  /** Relative to the root of the project, with forward slashes. */
  readonly file: string;
  /** 1-based, as the column. */
  readonly line: number;
  readonly column: number;
}

/** What is known of the site of a key. */
export interface SiteFacts {
  /** The id of the durable function that has the site; undefined where that isn't known. */
  readonly fn?: string;
  readonly kind?: SiteKind | 'await';
  /** The call as it is written, or what the author calls it; without a flow, what the site calls. */
  readonly title: string;
  readonly label?: string;
  readonly place?: SourcePlace;
  readonly box?: FlowSite;
}

/** A durable function of the run. */
interface KnownFunction {
  readonly manifest: Manifest;
  readonly flow: FunctionFlow | undefined;
  readonly sites: ReadonlyMap<string, SiteRecord>;
}

/** Where in the code keys are decided: in one function, or in a part of it. */
interface Scope {
  readonly known: KnownFunction;
  /** What is looked at first. Undefined where nothing is known of the flow. */
  readonly body: FlowNode | undefined;
}

/** The sites of the keys of a run, by the manifests of its versions. Each path of names is looked up once. */
export class Places {
  readonly #functions: ReadonlyMap<string, KnownFunction>;
  readonly #root: Scope | undefined;
  readonly #scopes = new Map<string, Scope | undefined>();
  readonly #facts = new Map<string, SiteFacts>();

  /** @param fn the function of the run */
  constructor(fn: string, manifests: ReadonlyMap<string, Manifest>) {
    this.#functions = new Map(
      [...manifests].map(([id, manifest]) => [
        id,
        {
          manifest,
          flow: readFlow(manifest),
          sites: new Map(manifest.sites.map((site) => [site.id, site])),
        },
      ]),
    );
    const known = this.#functions.get(fn);
    this.#root = known && { known, body: known.flow?.body };
  }

  /** The flow of the function of the run; undefined where none is known. */
  get flow(): FunctionFlow | undefined {
    return this.#root?.known.flow;
  }

  /** Of a box of that flow. */
  placeOf(box: FlowSite): SourcePlace | undefined {
    const file = this.#root?.known.manifest.file;
    return file === undefined ? undefined : { file, line: box.span[0], column: box.span[1] };
  }

  find(key: string): SiteFacts {
    const path = key.replaceAll(/\[\d+\](?=\/|$|:result$)/g, '');
    const facts = this.#facts.get(path) ?? this.#look(key);
    this.#facts.set(path, facts);
    return facts;
  }

  #look(key: string): SiteFacts {
    const isResult = key.endsWith(':result');
    const ids = partsOf(isResult ? key.slice(0, -':result'.length) : key).map(({ id }) => id);
    const id = ids.at(-1) ?? key;
    const scope = this.#scope(ids.slice(0, -1));
    const bare = { title: `${calleeIn(id)}${isResult ? ' result' : ''}` };
    if (scope === undefined) return bare;
    const { manifest, sites } = scope.known;
    const site = sites.get(id);
    const box = boxIn(scope, id, isResult);
    const placed = box === undefined ? site : { line: box.span[0], column: box.span[1] };
    return {
      ...(box === undefined ? bare : { title: box.title }),
      fn: manifest.fn,
      ...((box ?? site) && { kind: kindOf(box, site) }),
      ...(box?.label !== undefined && { label: box.label }),
      ...(placed && { place: { file: manifest.file, line: placed.line, column: placed.column } }),
      ...(box && { box }),
    };
  }

  #scope(ids: readonly string[]): Scope | undefined {
    if (ids.length === 0) return this.#root;
    const path = ids.join('/');
    if (this.#scopes.has(path)) return this.#scopes.get(path);
    const outer = this.#scope(ids.slice(0, -1));
    const found = outer && this.#inside(outer, ids.at(-1)!);
    this.#scopes.set(path, found);
    return found;
  }

  /** A function inside of the function, or another durable function that it calls. */
  #inside({ known }: Scope, id: string): Scope | undefined {
    const inner = known.flow?.functions.find(({ scope }) => scope === id);
    if (inner !== undefined) return { known, body: inner.body };
    const name = calleeIn(id).replace(/^.*\./, '');
    const called = [...this.#functions.values()].filter(
      ({ manifest: { fn } }) => fn.slice(fn.lastIndexOf('#') + 1).replace(/^.*\./, '') === name,
    );
    // Under another name, as of an import: where there is only one other function it is that.
    const others = [...this.#functions.values()].filter((one) => one !== this.#root?.known);
    const target = called[0] ?? others[0];
    const isClear = called.length === 1 || (called.length === 0 && others.length === 1);
    // A scope without sites of its own in the flow, or code that wrote no flow: the sites are those of the function.
    const isOwn = known.sites.has(id) || known.flow === undefined;
    if (target !== undefined && isClear && isOwn) return { known: target, body: target.flow?.body };
    return undefined;
  }
}

const kindOf = (box: FlowSite | undefined, site: SiteRecord | undefined): SiteFacts['kind'] & string =>
  (site?.kind ?? box?.type)!;

/** Where several boxes have the id, the first one. A parameter's key is one of the function around. */
function boxIn({ known, body }: Scope, id: string, isResult: boolean): FlowSite | undefined {
  const { flow } = known;
  if (flow === undefined || body === undefined) return undefined;
  const everywhere = [flow.body, ...flow.functions.map((fn) => fn.body)].flatMap(sitesIn);
  if (isResult) {
    const waiting = everywhere.find(({ of }) => of === id);
    if (waiting !== undefined) return waiting;
  }
  return (
    boxesWith(sitesIn(body), id)[0] ??
    boxesWith(
      everywhere.filter(({ outer }) => outer),
      id,
    )[0]
  );
}

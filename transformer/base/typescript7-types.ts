/** Types, symbols and signatures of TypeScript 7.1, in the shape that the checks know from version 6. */
import type ts from 'typescript';

/** What is used of the types of 7.1. Each is an object of its own for each type, so identity means the same in both. */
interface RemoteType {
  readonly flags: ts.TypeFlags;
  readonly objectFlags: ts.ObjectFlags;
  readonly elementFlags?: readonly ts.ElementFlags[];
  /** Of a literal. */
  readonly value?: unknown;
  /** Of a template. */
  readonly texts?: readonly string[];
  getSymbol(): RemoteSymbol | undefined;
  getTypes(): readonly RemoteType[] | undefined;
  getTarget(): RemoteType;
  getProperties(): readonly RemoteSymbol[];
  getProperty(name: string): RemoteSymbol | undefined;
  getCallSignatures(): readonly RemoteSignature[];
  getConstructSignatures(): readonly RemoteSignature[];
  isUnionType(): boolean;
  isIntersectionType(): boolean;
  isClassOrInterface(): boolean;
}

interface RemoteSymbol {
  readonly name: string;
  readonly escapedName: ts.__String;
  readonly flags: ts.SymbolFlags;
  readonly declarations: readonly Handle[];
  readonly valueDeclaration: Handle | undefined;
  getMembers(): ReadonlyMap<ts.__String, RemoteSymbol>;
}

interface RemoteSignature {
  readonly declaration?: Handle | undefined;
  readonly typeParameters?: readonly unknown[] | undefined;
}

/** A node that is somewhere in the program. */
interface Handle {
  resolve(project: unknown): ts.Node | undefined;
}

/** What is used of the checker of 7.1. */
export interface RemoteChecker {
  getTypeAtLocation(node: ts.Node): RemoteType;
  getSymbolAtLocation(node: ts.Node): RemoteSymbol | undefined;
  getTypeOfSymbol(symbol: RemoteSymbol): RemoteType;
  getTypeOfSymbolAtLocation(symbol: RemoteSymbol, node: ts.Node): RemoteType;
  getDeclaredTypeOfSymbol(symbol: RemoteSymbol): RemoteType;
  getResolvedSignature(node: ts.Node): RemoteSignature | undefined;
  getSignatureFromDeclaration(node: ts.Node): RemoteSignature | undefined;
  getReturnTypeOfSignature(signature: RemoteSignature): RemoteType;
  getNonNullableType(type: RemoteType): RemoteType;
  getAwaitedType(type: RemoteType): RemoteType | undefined;
  getPropertyOfType(type: RemoteType, name: string): RemoteSymbol | undefined;
  getPropertiesOfType(type: RemoteType): readonly RemoteSymbol[];
  getTypeArguments(type: RemoteType): readonly RemoteType[];
  getBaseTypes(type: RemoteType): readonly RemoteType[];
  getIndexInfosOfType(type: RemoteType): readonly { readonly valueType: RemoteType }[];
  getAliasedSymbol(symbol: RemoteSymbol): RemoteSymbol;
  getExportsOfModule(symbol: RemoteSymbol): readonly RemoteSymbol[];
  getFullyQualifiedName(symbol: RemoteSymbol): string;
  isArrayType(type: RemoteType): boolean;
  isTupleType(type: RemoteType): boolean;
}

/** @param project whose program the checker is of */
export function checkerOf7(checker: RemoteChecker, project: unknown): ts.TypeChecker {
  return new Shim(checker, project).checker() as unknown as ts.TypeChecker;
}

class Shim {
  private readonly remote: RemoteChecker;
  private readonly project: unknown;
  private readonly shown = new WeakMap<object, object>();
  private readonly behind = new WeakMap<object, object>();

  constructor(remote: RemoteChecker, project: unknown) {
    this.remote = remote;
    this.project = project;
  }

  checker(): object {
    const { remote } = this;
    const type = (of: RemoteType): object => this.type(of);
    const symbol = (of: RemoteSymbol): object => this.symbol(of);
    const signature = (of: RemoteSignature): object => this.signature(of);
    const types = (of: readonly RemoteType[]): object[] => of.map(type);
    const raw = <T extends object>(shown: object): T => this.raw(shown);
    return {
      getTypeAtLocation: (node: ts.Node) => type(remote.getTypeAtLocation(node)),
      getSymbolAtLocation: (node: ts.Node) => optional(remote.getSymbolAtLocation(node), symbol),
      getTypeOfSymbol: (of: object) => type(remote.getTypeOfSymbol(raw(of))),
      getTypeOfSymbolAtLocation: (of: object, node: ts.Node) =>
        type(remote.getTypeOfSymbolAtLocation(raw(of), node)),
      getDeclaredTypeOfSymbol: (of: object) => type(remote.getDeclaredTypeOfSymbol(raw(of))),
      getResolvedSignature: (node: ts.Node) => optional(remote.getResolvedSignature(node), signature),
      getSignatureFromDeclaration: (node: ts.Node) =>
        optional(remote.getSignatureFromDeclaration(node), signature),
      getReturnTypeOfSignature: (of: object) => type(remote.getReturnTypeOfSignature(raw(of))),
      getNonNullableType: (of: object) => type(remote.getNonNullableType(raw(of))),
      getAwaitedType: (of: object) => optional(remote.getAwaitedType(raw(of)), type),
      getPropertyOfType: (of: object, name: string) =>
        optional(remote.getPropertyOfType(raw(of), name), symbol),
      getPropertiesOfType: (of: object) => remote.getPropertiesOfType(raw(of)).map(symbol),
      getTypeArguments: (of: object) => types(remote.getTypeArguments(raw(of))),
      getBaseTypes: (of: object) => types(remote.getBaseTypes(raw(of))),
      getIndexInfosOfType: (of: object) =>
        remote.getIndexInfosOfType(raw(of)).map((info) => ({ type: type(info.valueType) })),
      getAliasedSymbol: (of: object) => symbol(remote.getAliasedSymbol(raw(of))),
      getExportsOfModule: (of: object) => remote.getExportsOfModule(raw(of)).map(symbol),
      getFullyQualifiedName: (of: object) => remote.getFullyQualifiedName(raw(of)),
      isArrayType: (of: object) => remote.isArrayType(raw(of)),
      isTupleType: (of: object) => remote.isTupleType(raw(of)),
    };
  }

  private type(remote: RemoteType): object {
    return this.show(remote, () => this.typeOf(remote));
  }

  private typeOf(remote: RemoteType): object {
    const symbol = (of: RemoteSymbol): object => this.symbol(of);
    const bases = (): object[] => this.remote.getBaseTypes(remote).map((base) => this.type(base));
    return {
      flags: remote.flags,
      objectFlags: remote.objectFlags,
      elementFlags: remote.elementFlags,
      value: remote.value,
      texts: remote.texts,
      get symbol() {
        return optional(remote.getSymbol(), symbol);
      },
      types: lazily(() => remote.getTypes()?.map((one) => this.type(one))),
      target: lazily(() => this.type(remote.getTarget())),
      getSymbol: () => optional(remote.getSymbol(), symbol),
      getProperties: () => remote.getProperties().map(symbol),
      getProperty: (name: string) => optional(remote.getProperty(name), symbol),
      getCallSignatures: () => remote.getCallSignatures().map((one) => this.signature(one)),
      getConstructSignatures: () => remote.getConstructSignatures().map((one) => this.signature(one)),
      getBaseTypes: () => (remote.isClassOrInterface() ? bases() : undefined),
      isUnion: () => remote.isUnionType(),
      isIntersection: () => remote.isIntersectionType(),
      isClassOrInterface: () => remote.isClassOrInterface(),
    };
  }

  private symbol(remote: RemoteSymbol): object {
    return this.show(remote, () => ({
      name: remote.name,
      escapedName: remote.escapedName,
      flags: remote.flags,
      declarations: lazily(() => {
        const nodes = remote.declarations.flatMap((one) => this.node(one) ?? []);
        return nodes.length > 0 ? nodes : undefined;
      }),
      valueDeclaration: lazily(() => this.node(remote.valueDeclaration)),
      members: lazily(
        () => new Map([...remote.getMembers()].map(([name, member]) => [name, this.symbol(member)])),
      ),
    }));
  }

  private signature(remote: RemoteSignature): object {
    return this.show(remote, () => ({
      declaration: lazily(() => this.node(remote.declaration)),
      typeParameters: remote.typeParameters?.length ? remote.typeParameters : undefined,
    }));
  }

  private node(handle: Handle | undefined): ts.Node | undefined {
    return handle?.resolve(this.project);
  }

  private show(remote: object, make: () => object): object {
    const known = this.shown.get(remote);
    if (known) return known;
    const shown = withGetters(make());
    this.shown.set(remote, shown);
    this.behind.set(shown, remote);
    return shown;
  }

  private raw<T extends object>(shown: object): T {
    return this.behind.get(shown) as T;
  }
}

const optional = <T extends object>(
  remote: T | undefined | null,
  show: (of: T) => object,
): object | undefined => (remote ? show(remote) : undefined);

/** A property that is asked for when it is first read. */
class Lazy {
  readonly read: () => unknown;

  constructor(read: () => unknown) {
    this.read = read;
  }
}

const lazily = (read: () => unknown): Lazy => new Lazy(read);

function withGetters(shown: object): object {
  for (const [name, value] of Object.entries(shown)) {
    if (!(value instanceof Lazy)) continue;
    Object.defineProperty(shown, name, {
      configurable: true,
      enumerable: true,
      get() {
        const known = value.read();
        Object.defineProperty(shown, name, { value: known, enumerable: true });
        return known;
      },
    });
  }
  return shown;
}

import type ts from 'typescript';
import type { Edit, EditOf, Plan } from '../base/plan.ts';
import { quickView, type TypeScript } from '../base/typescript.ts';
import { labelled } from './labelled-loops.ts';
import { isShorthandValue } from './shorthand.ts';
import { TemplateNodes } from './template-nodes.ts';
import { unchain } from './unchain.ts';

/**
 * Applies a plan to the syntax tree, for hosts that emit from it. Templates become synthesized nodes. The original nodes go
 * into their holes, so types, comments and source maps stay exact.
 */
export function graft(
  typescript: TypeScript,
  sourceFile: ts.SourceFile,
  plan: Plan,
  context: ts.TransformationContext,
): ts.SourceFile {
  return new TreeEmitter(typescript, sourceFile, plan, context).run();
}

class TreeEmitter {
  private readonly sourceFile: ts.SourceFile;
  private readonly plan: Plan;
  private readonly context: ts.TransformationContext;
  private readonly ts: TypeScript;
  private readonly factory: ts.NodeFactory;
  private readonly templates: TemplateNodes;
  private readonly substitutes = new Map<ts.Node, ts.Node>();

  constructor(
    typescript: TypeScript,
    sourceFile: ts.SourceFile,
    plan: Plan,
    context: ts.TransformationContext,
  ) {
    this.sourceFile = sourceFile;
    this.plan = plan;
    this.context = context;
    const ts = quickView(typescript);
    this.ts = ts;
    const { factory } = ts;
    this.factory = factory;
    this.templates = new TemplateNodes(ts, plan.references);
  }

  run(): ts.SourceFile {
    const { ts, sourceFile, context, plan, templates, factory } = this;
    const visited = ts.visitEachChild(sourceFile, (one) => this.visitStatementLevel(one), context);
    if (!plan.header) return visited;
    const directives = visited.statements.findIndex((statement) => !isDirective(ts, statement));
    const position = directives === -1 ? visited.statements.length : directives;
    const statements = [...visited.statements];
    statements.splice(position, 0, ...templates.statements(plan.header));
    return factory.updateSourceFile(visited, factory.createNodeArray(statements));
  }

  private editsOf(node: ts.Node): readonly Edit[] {
    const { plan, ts } = this;
    return plan.edits.get(ts.getOriginalNode(node)) ?? [];
  }

  private visit(node: ts.Node): ts.Node {
    const { substitutes, ts, plan } = this;
    const substitute = substitutes.get(ts.getOriginalNode(node));
    if (substitute) return substitute;
    if (!plan.touched.has(ts.getOriginalNode(node))) return node;
    const result = this.apply(node, this.editsOf(node), 0);
    return Array.isArray(result) ? result[0]! : result;
  }

  /** Like `visit`, for positions in which a statement may become several. */
  private visitStatementLevel(node: ts.Node): ts.VisitResult<ts.Node> {
    const { ts } = this;
    if (
      ts.isStatement(node) &&
      this.editsOf(node).some(({ kind }) => kind === 'after' || kind === 'resources')
    )
      return this.apply(node, this.editsOf(node), 0);
    return this.visit(node);
  }

  private apply(node: ts.Node, edits: readonly Edit[], index: number): ts.Node | ts.Node[] {
    const { ts, templates, factory } = this;
    const edit = edits[index];
    if (edit === undefined)
      return ts.isShorthandPropertyAssignment(node) ? this.shorthand(node) : this.visitChildren(node);
    const rest = (): ts.Node => {
      const result = this.apply(node, edits, index + 1);
      return Array.isArray(result) ? result[0]! : result;
    };
    switch (edit.kind) {
      case 'replace': {
        const holes = edit.template.holes.map((hole) =>
          hole === ts.getOriginalNode(node) ? rest() : this.visit(hole),
        );
        return this.placed(templates.expression(edit.template, holes), node);
      }
      case 'callee':
        return this.withCallee(node, edit);
      case 'chain':
        return this.withHead(node, edit);
      case 'resources':
        return this.declareResources(node as ts.Statement, edit);
      case 'spread':
        return this.asSpread(rest() as ts.ObjectLiteralElementLike, edit.marker);
      case 'block-body': {
        const value = factory.createReturnStatement(rest() as ts.Expression);
        return this.placed(
          factory.createBlock(
            [...templates.statements(edit.statements), ts.setTextRange(value, node)],
            false,
          ),
          node,
        );
      }
      case 'prologue':
        return this.withPrologue(rest(), edit.statements);
      case 'name':
        return this.withName(rest() as ts.FunctionDeclaration, edit.name);
      case 'after': {
        const before = this.apply(node, edits, index + 1);
        return [...(Array.isArray(before) ? before : [before]), ...templates.statements(edit.statements)];
      }
    }
  }

  private withHead(node: ts.Node, { template, head, link }: EditOf<'chain'>): ts.Node {
    const { templates, factory, substitutes } = this;
    const before = template.holes.map((one) => this.visit(one));
    substitutes.set(head, factory.createIdentifier(link));
    const rest = this.visitChildren(node) as ts.Expression;
    substitutes.delete(head);
    const parts = [...template.parts, ')'];
    const holes = [...template.holes, node];
    return this.placed(templates.expression({ parts, holes }, [...before, rest]), node);
  }

  /** `{ ready }` becomes `{ ready: ... }` where the value is edited. */
  private shorthand(node: ts.ShorthandPropertyAssignment): ts.Node {
    const { ts, factory } = this;
    if (this.editsOf(node.name).length === 0 || !isShorthandValue(ts, node.name))
      return this.visitChildren(node);
    const name = factory.createIdentifier(ts.idText(node.name));
    return this.placed(factory.createPropertyAssignment(name, this.visit(node.name) as ts.Expression), node);
  }

  private asSpread(member: ts.ObjectLiteralElementLike, marker: string): ts.Node {
    const { templates, factory } = this;
    const literal = factory.createObjectLiteralExpression([member]);
    const callee = templates.expression({ parts: [marker], holes: [] }, []);
    return factory.createSpreadAssignment(factory.createCallExpression(callee, undefined, [literal]));
  }

  private withName(anonymous: ts.FunctionDeclaration, text: string): ts.Node {
    const { ts, factory } = this;
    const { modifiers, asteriskToken, typeParameters, parameters, type, body } = anonymous;
    const name = factory.createIdentifier(text);
    // Not an update: the original has no name, and the emitters of some module formats would invent one.
    const created = factory.createFunctionDeclaration(
      modifiers,
      asteriskToken,
      name,
      typeParameters,
      parameters,
      type,
      body,
    );
    return ts.setTextRange(created, anonymous);
  }

  private declareResources(statement: ts.Statement, { list, guards }: EditOf<'resources'>): ts.Node[] {
    const { ts, templates, factory } = this;
    const { loop, labels } = labelled(ts, statement);
    const declared = list.declarations.flatMap((declaration, index) => {
      const { name, resource } = guards[index]!;
      const value = templates.expression({ parts: [resource], holes: [] }, []);
      const guard = factory.createVariableDeclaration(name, undefined, undefined, value);
      const constant = this.visit(declaration) as ts.VariableDeclaration;
      return [
        factory.createVariableStatement(
          undefined,
          factory.createVariableDeclarationList([constant], ts.NodeFlags.Const),
        ),
        factory.createVariableStatement(
          undefined,
          factory.createVariableDeclarationList([guard], ts.NodeFlags.AwaitUsing),
        ),
      ];
    });
    if (ts.isForOfStatement(loop)) {
      const names = list.declarations.map((declaration) => this.visit(declaration) as ts.VariableDeclaration);
      const body = factory.createBlock([...declared.slice(1), this.visit(loop.statement) as ts.Statement]);
      const constants = factory.createVariableDeclarationList(names, ts.NodeFlags.Const);
      const expression = this.visit(loop.expression) as ts.Expression;
      return [factory.updateForOfStatement(loop, loop.awaitModifier, constants, expression, body)];
    }
    if (!ts.isForStatement(loop)) return declared;
    const [condition, incrementor] = [loop.condition, loop.incrementor].map(
      (part) => part && (this.visit(part) as ts.Expression),
    );
    const body = this.visit(loop.statement) as ts.Statement;
    const bare = factory.updateForStatement(loop, undefined, condition, incrementor, body);
    const named = labels.reduceRight<ts.Statement>(
      (inner, label) => factory.createLabeledStatement(label, inner),
      bare,
    );
    return [factory.createBlock([...declared, named])];
  }

  private visitChildren(node: ts.Node): ts.Node {
    const { ts, context } = this;
    return unchain(
      ts,
      ts.visitEachChild(node, (one) => this.visitStatementLevel(one), context),
    );
  }

  private withCallee(node: ts.Node, edit: EditOf<'callee'>): ts.Node {
    const { templates, ts, factory } = this;
    const callee = templates.expression(
      edit.template,
      edit.template.holes.map((one) => this.visit(one)),
    );
    if (ts.isTaggedTemplateExpression(node)) {
      const template = this.visit(node.template) as ts.TemplateLiteral;
      return factory.updateTaggedTemplateExpression(node, callee, node.typeArguments, template);
    }
    const call = node as ts.CallExpression;
    const args = call.arguments.map((argument) => this.visit(argument) as ts.Expression);
    const question = edit.optional
      ? factory.createToken(ts.SyntaxKind.QuestionDotToken)
      : call.questionDotToken;
    const created =
      question || callee.flags & ts.NodeFlags.OptionalChain
        ? factory.createCallChain(callee, question, undefined, args)
        : factory.createCallExpression(callee, undefined, args);
    return this.placed(created, node);
  }

  private withPrologue(node: ts.Node, text: string): ts.Node {
    const { ts, templates, factory } = this;
    const block = node as ts.Block | ts.ModuleBlock | ts.CaseOrDefaultClause;
    const found = block.statements.findIndex((statement) => !isDirective(ts, statement));
    const position = found === -1 ? block.statements.length : found;
    const statements = [...block.statements];
    statements.splice(position, 0, ...templates.statements(text));
    if (ts.isCaseClause(block)) return factory.updateCaseClause(block, block.expression, statements);
    if (ts.isDefaultClause(block)) return factory.updateDefaultClause(block, statements);
    return ts.isBlock(block)
      ? factory.updateBlock(block, statements)
      : factory.updateModuleBlock(block, statements);
  }

  private placed<T extends ts.Node>(created: T, original: ts.Node): T {
    const { ts } = this;
    return ts.setOriginalNode(ts.setTextRange(created, original), original);
  }
}

function isDirective(ts: TypeScript, statement: ts.Statement): boolean {
  return ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression);
}

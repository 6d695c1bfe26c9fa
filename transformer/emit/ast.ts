import type ts from 'typescript';
import type { Edit, Plan } from '../base/plan.ts';
import { quickView, type TypeScript } from '../base/typescript.ts';
import { labelled } from './resources.ts';
import { TemplateNodes } from './template-nodes.ts';
import { unchain } from './unchain.ts';

/**
 * Carries a plan out on the syntax tree, for hosts that emit from it. Templates become synthesized
 * nodes; the original nodes go into their holes, so that types, comments and source maps stay exact.
 */
export function graft(
  typescript: TypeScript,
  sourceFile: ts.SourceFile,
  plan: Plan,
  context: ts.TransformationContext,
): ts.SourceFile {
  const ts = quickView(typescript);
  const { factory } = ts;
  const templates = new TemplateNodes(ts, plan.references);
  const substitutes = new Map<ts.Node, ts.Node>();
  const visited = ts.visitEachChild(sourceFile, visitStatementLevel, context);
  if (!plan.header) return visited;
  const directives = visited.statements.findIndex((statement) => !isDirective(ts, statement));
  const position = directives === -1 ? visited.statements.length : directives;
  const statements = [...visited.statements];
  statements.splice(position, 0, ...templates.statements(plan.header));
  return factory.updateSourceFile(visited, factory.createNodeArray(statements));

  function editsOf(node: ts.Node): readonly Edit[] {
    return plan.edits.get(ts.getOriginalNode(node)) ?? [];
  }

  function visit(node: ts.Node): ts.Node {
    const substitute = substitutes.get(ts.getOriginalNode(node));
    if (substitute) return substitute;
    if (!plan.touched.has(ts.getOriginalNode(node))) return node;
    const result = apply(node, editsOf(node), 0);
    return Array.isArray(result) ? result[0]! : result;
  }

  /** Like `visit`, where a statement may become several. */
  function visitStatementLevel(node: ts.Node): ts.VisitResult<ts.Node> {
    if (ts.isStatement(node) && editsOf(node).some(({ kind }) => kind === 'after' || kind === 'resources'))
      return apply(node, editsOf(node), 0);
    return visit(node);
  }

  function apply(node: ts.Node, edits: readonly Edit[], index: number): ts.Node | ts.Node[] {
    const edit = edits[index];
    if (edit === undefined) return visitChildren(node);
    const rest = (): ts.Node => {
      const result = apply(node, edits, index + 1);
      return Array.isArray(result) ? result[0]! : result;
    };
    switch (edit.kind) {
      case 'replace': {
        const holes = edit.template.holes.map((hole) =>
          hole === ts.getOriginalNode(node) ? rest() : visit(hole),
        );
        return placed(templates.expression(edit.template, holes), node);
      }
      case 'callee':
        return withCallee(node, edit);
      case 'chain': {
        const { template, head, link } = edit;
        const before = template.holes.map(visit);
        substitutes.set(head, factory.createIdentifier(link));
        const rest = visitChildren(node) as ts.Expression;
        substitutes.delete(head);
        const parts = [...template.parts, ')'];
        return placed(
          templates.expression({ parts, holes: [...template.holes, node] }, [...before, rest]),
          node,
        );
      }
      case 'resources':
        return declareResources(node as ts.Statement, edit);
      case 'spread': {
        const literal = factory.createObjectLiteralExpression([rest() as ts.ObjectLiteralElementLike]);
        const marker = templates.expression({ parts: [edit.marker], holes: [] }, []);
        return factory.createSpreadAssignment(factory.createCallExpression(marker, undefined, [literal]));
      }
      case 'block-body': {
        const value = factory.createReturnStatement(rest() as ts.Expression);
        return placed(
          factory.createBlock(
            [...templates.statements(edit.statements), ts.setTextRange(value, node)],
            false,
          ),
          node,
        );
      }
      case 'prologue':
        return withPrologue(rest(), edit.statements);
      case 'name': {
        const named = rest() as ts.FunctionDeclaration;
        const { modifiers, asteriskToken, typeParameters, parameters, type, body } = named;
        const name = factory.createIdentifier(edit.name);
        // Not an update: the original has no name, and the emitters of some module formats would make one up.
        const created = factory.createFunctionDeclaration(
          modifiers,
          asteriskToken,
          name,
          typeParameters,
          parameters,
          type,
          body,
        );
        return ts.setTextRange(created, named);
      }
      case 'after': {
        const before = apply(node, edits, index + 1);
        return [...(Array.isArray(before) ? before : [before]), ...templates.statements(edit.statements)];
      }
    }
  }

  function declareResources(
    statement: ts.Statement,
    { list, guards }: Extract<Edit, { kind: 'resources' }>,
  ): ts.Node[] {
    const { loop, labels } = labelled(ts, statement);
    const declared = list.declarations.flatMap((declaration, index) => {
      const { name, resource } = guards[index]!;
      const value = templates.expression({ parts: [resource], holes: [] }, []);
      const guard = factory.createVariableDeclaration(name, undefined, undefined, value);
      const constant = visit(declaration) as ts.VariableDeclaration;
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
      const names = list.declarations.map((declaration) => visit(declaration) as ts.VariableDeclaration);
      const body = factory.createBlock([...declared.slice(1), visit(loop.statement) as ts.Statement]);
      const constants = factory.createVariableDeclarationList(names, ts.NodeFlags.Const);
      const expression = visit(loop.expression) as ts.Expression;
      return [factory.updateForOfStatement(loop, loop.awaitModifier, constants, expression, body)];
    }
    if (!ts.isForStatement(loop)) return declared;
    const [condition, incrementor] = [loop.condition, loop.incrementor].map(
      (part) => part && (visit(part) as ts.Expression),
    );
    const body = visit(loop.statement) as ts.Statement;
    const bare = factory.updateForStatement(loop, undefined, condition, incrementor, body);
    const named = labels.reduceRight<ts.Statement>(
      (inner, label) => factory.createLabeledStatement(label, inner),
      bare,
    );
    return [factory.createBlock([...declared, named])];
  }

  function visitChildren(node: ts.Node): ts.Node {
    return unchain(ts, ts.visitEachChild(node, visitStatementLevel, context));
  }

  function withCallee(node: ts.Node, edit: Extract<Edit, { kind: 'callee' }>): ts.Node {
    const callee = templates.expression(edit.template, edit.template.holes.map(visit));
    if (ts.isTaggedTemplateExpression(node)) {
      const template = visit(node.template) as ts.TemplateLiteral;
      return factory.updateTaggedTemplateExpression(node, callee, node.typeArguments, template);
    }
    const call = node as ts.CallExpression;
    const args = call.arguments.map((argument) => visit(argument) as ts.Expression);
    const question = edit.optional
      ? factory.createToken(ts.SyntaxKind.QuestionDotToken)
      : call.questionDotToken;
    const created =
      question || callee.flags & ts.NodeFlags.OptionalChain
        ? factory.createCallChain(callee, question, undefined, args)
        : factory.createCallExpression(callee, undefined, args);
    return placed(created, node);
  }

  function withPrologue(node: ts.Node, text: string): ts.Node {
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

  function placed<T extends ts.Node>(created: T, original: ts.Node): T {
    return ts.setOriginalNode(ts.setTextRange(created, original), original);
  }
}

function isDirective(ts: TypeScript, statement: ts.Statement): boolean {
  return ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression);
}

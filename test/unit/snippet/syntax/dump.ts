import type { Node } from '../../../../src/snippet/syntax/ast.ts';
import { childNodes } from '../../../../src/snippet/syntax/walk.ts';

/** A tree as text, such as `Call(Name f, Constant 1)`: kinds, what distinguishes nodes of one kind, children. */
export function dump(node: Node): string {
  const children = childNodes(node).map(dump).join(', ');
  const label = [node.kind, ...labels(node)].join(' ');
  return children === '' ? label : `${label}(${children})`;
}

function labels(node: Node): string[] {
  switch (node.kind) {
    case 'Name':
      return [node.id];
    case 'Constant':
      return [node.type, JSON.stringify(node.text)];
    case 'Attribute':
      return [`.${node.attr}`];
    case 'FunctionDef':
    case 'For':
    case 'With':
    case 'Comprehension':
      return node.isAsync ? ['async'] : [];
    case 'BinOp':
    case 'BoolOp':
    case 'UnaryOp':
    case 'AugAssign':
      return [node.operator];
    case 'Compare':
      return node.operators;
    case 'Sequence':
    case 'Comp':
      return [node.type];
    case 'Parameter':
      return node.star === '' ? [] : [node.star];
    case 'Keyword':
      return [node.name ?? '**'];
    case 'Alias':
      return node.as === null ? [node.name] : [node.name, 'as', node.as];
    case 'ImportFrom':
      return ['.'.repeat(node.level) + node.module];
    case 'Starred':
      return node.double ? ['**'] : ['*'];
    case 'Yield':
      return node.isFrom ? ['from'] : [];
    case 'Simple':
      return [node.word];
    case 'Global':
      return [node.nonlocal ? 'nonlocal' : 'global', ...node.names];
    default:
      return [];
  }
}

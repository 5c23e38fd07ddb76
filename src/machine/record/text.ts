import type { Node, Setting, Step } from './node.ts';

const whole = ({ name, args }: Node): string =>
  `${name}(${args.map(textOf).join(', ')})`;

/** A value as text; one that is kept has a name. */
function textOf(n: Node): string {
  switch (n.kind) {
    case 'const': return String(n.value);
    case 'hole': return `hole ${n.hole}`;
    case 'get': return n.field?.name ?? `register in hole ${n.hole}`;
    case 'leaf': return `leaf ${n.temp}`;
    case 'temp': return `t${n.temp}`;
    case 'op': return n.temp >= 0 ? `t${n.temp}` : whole(n);
  }
}

const setText = ({ ref, value }: Setting): string => {
  const open = 'hole' in ref;
  const name = open ? `register in hole ${ref.hole.index}` : ref.name;
  return `  ${name} = ${textOf(value)}`;
};

const inside = (steps: readonly Step[]): string[] =>
  linesOf(steps).map((line) => `  ${line}`);

function lines(step: Step): string[] {
  switch (step.kind) {
    case 'let': {
      const { temp } = step.node;
      return temp < 0 ? [] : [`t${temp} = ${whole(step.node)}`];
    }
    case 'load': {
      const how = `load${step.access.bits} ${step.access.kind}`;
      return [`${textOf(step.node)} = ${how} ${textOf(step.va)}`];
    }
    case 'store':
      return [`store${step.access.bits} ${step.access.kind} `
        + `${textOf(step.va)}, ${textOf(step.value)}`];
    case 'if': {
      const [then, other] = [inside(step.then), inside(step.otherwise)];
      const rest = other.length > 0 ? ['else:', ...other] : [];
      return [`if ${textOf(step.c)}:`, ...then, ...rest];
    }
    case 'put':
      return [`${textOf(step.node)} = ${textOf(step.value)}`];
    case 'bail': return ['bail'];
    case 'jump':
      return [`jump ${textOf(step.to)}`, ...step.sets.map(setText)];
    case 'end': return ['end', ...step.sets.map(setText)];
  }
}

/** The steps of a template as lines. */
export function linesOf(steps: readonly Step[]): string[] {
  return steps.flatMap(lines);
}

import type { Access, Builder, Mode, Routine } from './builder.ts';
import type { Field, State, Ty } from './fields.ts';
import { plain32, plain64, plainF64, plainV128 } from './plain.ts';

/** A value that exists only as a name, within one branch. */
export class Name {
  constructor(
    readonly text: string, readonly branch: object,
    readonly known?: number,
  ) {}

  valueOf(): never { throw new Error('a meaning looked at a value'); }
  toString(): never { return this.valueOf(); }
}

/** Writes down what an instruction does, line by line. */
export class Printer {
  readonly lines: string[] = [];
  private count = 0;
  private ended = false;
  private readonly root = {};
  private readonly open: object[] = [this.root];

  constructor(private readonly state: State) {}

  readonly i32 = this.operations('i32', plain32);
  readonly i64 = this.operations('i64', plain64);
  readonly f64 = this.operations('f64', plainF64);
  readonly v128 = this.operations('v128', plainV128);
  readonly addr = this.i32;

  /** This object, as meanings see it. */
  asBuilder(): Builder<'i32'> {
    return this as unknown as Builder<'i32'>;
  }

  mode(mode: Mode): number { return mode.of(this.state); }
  hint(_mode: Mode): number { return 0; }

  known(a: Name): number | undefined { return a.known; }

  get(field: Field<Ty>): Name { return this.make(field.name); }

  set(field: Field<Ty>, value: Name): void {
    this.say(`${field.name} = ${this.use(value)}`);
  }

  if(c: Name, then: () => void, otherwise?: () => void): void {
    this.say(`if ${this.use(c)}:`);
    const first = this.inside(then);
    if (!otherwise) return;
    this.say('else:');
    this.ended = this.inside(otherwise) && first;
  }

  load(_ty: Ty, va: Name, { bits, kind }: Access): Name {
    return this.make(`load${bits} ${kind} ${this.use(va)}`);
  }

  store(_ty: Ty, va: Name, value: Name, { bits, kind }: Access): void {
    const [at, what] = [this.use(va), this.use(value)];
    this.say(`store${bits} ${kind} ${at}, ${what}`);
  }

  tryLoad(_ty: Ty, va: Name, { bits, kind }: Access): [Name, Name] {
    const value = this.make(`try load${bits} ${kind} ${this.use(va)}`);
    return [value, this.make(`failed ${this.use(value)}`)];
  }

  loadPhys(ty: Ty, pa: Name): Name {
    return this.make(`load physical ${ty} ${this.use(pa)}`);
  }

  storePhys(ty: Ty, pa: Name, value: Name): void {
    const [at, what] = [this.use(pa), this.use(value)];
    this.say(`store physical ${ty} ${at}, ${what}`);
  }

  choose(_ty: Ty, c: Name, a: () => Name, b: () => Name): Name {
    const name = `t${this.count++}`;
    const take = (from: () => Name) => (): void => {
      const value = from();
      this.say(`${name} = ${this.use(value)}`);
    };
    this.if(c, take(a), take(b));
    return new Name(name, this.open.at(-1) ?? this.root);
  }

  jump(to: Name): void {
    this.say(`jump ${this.use(to)}`);
    this.ended = true;
  }

  trap(vector: number, code?: Name): void {
    const text = code ? ` code ${this.use(code)}` : '';
    this.say(`trap ${vector}${text}`);
    this.ended = true;
  }

  routine(routine: Routine, ...args: Name[]): Name {
    const texts = args.map((arg) => this.use(arg));
    return this.make(`${routine.name}(${texts.join(', ')})`);
  }

  private say(text: string): void {
    if (this.ended) throw new Error(`after the end: ${text}`);
    this.lines.push('  '.repeat(this.open.length - 1) + text);
  }

  private use(name: Name): string {
    if (this.open.includes(name.branch)) return name.text;
    throw new Error('a value has left its branch');
  }

  /** Hears a branch; says whether its path came to an end. */
  private inside(body: () => void): boolean {
    this.open.push({});
    body();
    this.open.pop();
    const { ended } = this;
    this.ended = false;
    return ended;
  }

  private operations(ty: Ty, table: object): Operations {
    const names = Object.keys(table);
    return Object.fromEntries(names.map((name) =>
      [name, (...args: (Name | number)[]) =>
        this.operate(ty, name, args)]));
  }

  private operate(
    ty: Ty, name: string, args: readonly (Name | number)[],
  ): Name {
    const [first] = args;
    if (name === 'const' && typeof first === 'number') {
      const value = ty === 'i32' ? first | 0 : first;
      return new Name(String(value), this.root, value);
    }
    const nothing = ['extendS', 'extendU', 'wrap'].includes(name);
    if (ty === 'i32' && nothing && first instanceof Name) return first;
    const texts = args.map((arg) =>
      typeof arg === 'number' ? String(arg) : this.use(arg));
    return this.make(`${ty}.${name} ${texts.join(', ')}`);
  }

  private make(text: string): Name {
    const name = `t${this.count++}`;
    this.say(`${name} = ${text}`);
    return new Name(name, this.open.at(-1) ?? this.root);
  }
}

type Operations =
  Record<string, (...args: (Name | number)[]) => Name>;

import { Kind, valueFromASTUntyped } from 'graphql';
import type { ASTNode, ConstArgumentNode, ConstObjectFieldNode, ConstValueNode } from 'graphql';
import { didYouMean, type Problem } from '../src/base/index.js';
import { problemAt } from './place.js';

/** How a value is read: the form in words, for messages, and the reading; undefined where the value has another form. */
interface Form<Value> {
  readonly words: string;
  readonly read: (value: ConstValueNode) => Value | undefined;
}

const name: Form<string> = {
  words: 'a name, without quotes',
  read: (value) => (value.kind === Kind.ENUM ? value.value : undefined),
};
const text: Form<string> = {
  words: 'a text in quotes',
  read: (value) => (value.kind === Kind.STRING ? value.value : undefined),
};
const texts: Form<readonly string[]> = {
  words: 'a list of texts, such as ["customer_id"]',
  read(value) {
    // A single value stands for a list of one, as GraphQL coerces it.
    const read = (value.kind === Kind.LIST ? value.values : [value]).map(text.read);
    return read.every((item) => item !== undefined) ? read : undefined;
  },
};
const flag: Form<boolean> = {
  words: 'true or false',
  read: (value) => (value.kind === Kind.BOOLEAN ? value.value : undefined),
};
const fields: Form<readonly ConstObjectFieldNode[]> = {
  words: 'fields in braces',
  read: (value) => (value.kind === Kind.OBJECT ? value.fields : undefined),
};
const anything: Form<unknown> = { words: 'a value', read: (value) => valueFromASTUntyped(value) };

/** An argument of a directive, or a field of an input within it. */
type Argument = ConstArgumentNode | ConstObjectFieldNode;

/**
 * The arguments of one directive as written. Each is asked for in the form it must have; one that is missing, of another
 * form, written twice or never asked for becomes a problem, and a stand-in is given so that the next is read too.
 */
export class Arguments {
  readonly #node: ASTNode;
  readonly #arguments: readonly Argument[];
  readonly #whole: string;
  readonly #problems: Problem[] = [];
  readonly #asked = new Set<string>();

  /** @param whole what the arguments are of, for messages: `@table`, or `"through" of @relation` */
  constructor(node: ASTNode, written: readonly Argument[], whole: string) {
    this.#node = node;
    this.#arguments = written;
    this.#whole = whole;
  }

  /** An enum value. */
  name(argument: string): string {
    return this.#read(argument, name, 'required') ?? '';
  }

  optionalName(argument: string): string | null {
    return this.#read(argument, name, 'optional');
  }

  text(argument: string): string {
    return this.#read(argument, text, 'required') ?? '';
  }

  optionalText(argument: string): string | null {
    return this.#read(argument, text, 'optional');
  }

  texts(argument: string): readonly string[] {
    return this.#read(argument, texts, 'required') ?? [];
  }

  optionalTexts(argument: string): readonly string[] | null {
    return this.#read(argument, texts, 'optional');
  }

  flag(argument: string): boolean {
    return this.#read(argument, flag, 'optional') ?? false;
  }

  /** What stands in braces, read as arguments are; null where there is none. */
  optionalFields<Value>(argument: string, read: (written: Arguments) => Value): Value | null {
    const written = this.#read(argument, fields, 'optional');
    const node = this.#find(argument);
    if (written === null || node === undefined) return null;
    const inner = new Arguments(node, written, `"${argument}" of ${this.#whole}`);
    const value = read(inner);
    this.#problems.push(...inner.finish());
    return value;
  }

  /** A value of any form as plain data; null where there is none. */
  anything(argument: string): unknown {
    return this.#read(argument, anything, 'optional');
  }

  /** Whether no problem was met so far. */
  get sound(): boolean {
    return this.#problems.length === 0;
  }

  /** A mistake about the arguments together. */
  problem(code: string, message: string): void {
    this.#problems.push(problemAt(this.#node, code, message));
  }

  /** Every problem, those arguments included that nobody asked for. */
  finish(): readonly Problem[] {
    const unknown = this.#arguments.filter((argument) => !this.#asked.has(argument.name.value));
    return [
      ...this.#problems,
      ...unknown.map((argument) => {
        const written = argument.name.value;
        const message = `${this.#whole} has no "${written}".${didYouMean(written, this.#asked)}`;
        return problemAt(argument, 'UNKNOWN_ARGUMENT', message);
      }),
    ];
  }

  #read<Value>(argument: string, form: Form<Value>, need: 'required' | 'optional'): Value | null {
    const node = this.#find(argument);
    if (node === undefined || node.value.kind === Kind.NULL) {
      if (need === 'required') {
        this.problem('MISSING_ARGUMENT', `${this.#whole} needs "${argument}": ${form.words}.`);
      }
      return null;
    }
    const value = form.read(node.value);
    if (value !== undefined) return value;
    const message = `"${argument}" of ${this.#whole} takes ${form.words}.`;
    this.#problems.push(problemAt(node, 'INVALID_ARGUMENT', message));
    return null;
  }

  #find(argument: string): Argument | undefined {
    this.#asked.add(argument);
    const [first, second] = this.#arguments.filter((node) => node.name.value === argument);
    if (second !== undefined) {
      const message = `${this.#whole} says "${argument}" twice; keep one.`;
      this.#problems.push(problemAt(second, 'DUPLICATE_ARGUMENT', message));
    }
    return first;
  }
}

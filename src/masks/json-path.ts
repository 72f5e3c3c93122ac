/** Which parts of a JSON document are kept: all of it, or these members of an object and this of each element of an array. */
export type Kept =
  | { readonly kind: 'whole' }
  | {
      readonly kind: 'parts';
      readonly members: ReadonlyMap<string, Kept>;
      readonly elements: Kept | null;
    };

interface Parts {
  readonly members: Map<string, Parts>;
  elements: Parts | null;
  whole: boolean;
}

/** A member by its name, in quotation marks where it is no plain word; null for every element of an array. */
type Step = string | null;

const STEP = /\.([A-Za-z_][\w-]*)|\."((?:[^"\\]|\\["\\])+)"|\[\*\]/y;
const NAME_CHARACTERS_MAX = 100;
const STEPS_MAX = 8;

/** The steps of `$.a."b c"[*].d`, or null where it is written otherwise. */
function stepsOf(path: string): readonly Step[] | null {
  if (!path.startsWith('$') || path.includes('\0') || !path.isWellFormed()) return null;
  const steps: Step[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const found = STEP.exec(path);
    if (found === null) return null;
    const [, word, quoted] = found;
    steps.push(word ?? quoted?.replaceAll(/\\(["\\])/g, '$1') ?? null);
  }
  const isShort = steps.every((step) => step === null || step.length <= NAME_CHARACTERS_MAX);
  return steps.length > 0 && steps.length <= STEPS_MAX && isShort ? steps : null;
}

function frozen({ members, elements, whole }: Parts): Kept {
  if (whole) return { kind: 'whole' };
  return {
    kind: 'parts',
    members: new Map([...members].map(([name, parts]) => [name, frozen(parts)])),
    elements: elements === null ? null : frozen(elements),
  };
}

/**
 * The paths put together; null where one is not understood, or is said already by another.
 * @param paths a few, such as `$.a`, `$.a.b` and `$.list[*].c`
 */
export function keptBy(paths: readonly string[]): Kept | null {
  const nothing = (): Parts => ({ members: new Map(), elements: null, whole: false });
  const root = nothing();
  for (const path of paths) {
    let here = root;
    for (const step of stepsOf(path) ?? []) {
      if (here.whole) return null;
      const next = (step === null ? here.elements : here.members.get(step)) ?? nothing();
      if (step === null) here.elements = next;
      else here.members.set(step, next);
      here = next;
    }
    if (here === root || here.whole || here.members.size > 0 || here.elements !== null) return null;
    here.whole = true;
  }
  return paths.length > 0 ? frozen(root) : null;
}

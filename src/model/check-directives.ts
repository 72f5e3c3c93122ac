import { DirectiveLocation, isSpecifiedDirective } from 'graphql';
import type { GraphQLDirective, GraphQLSchema } from 'graphql';
import type { Annotated } from '../../directives/index.js';
import { didYouMean } from '../base/index.js';
import type { Definitions } from './definitions.js';
import type { Report } from './report.js';

/** Every directive is known, and where it belongs: one that is overlooked would be a mark that does nothing. */
export function checkDirectives(
  { objects, enums }: Definitions,
  prelude: GraphQLSchema,
  report: Report,
): void {
  // GraphQL's own, @deprecated among them, are not carried into the callers' schemas; taking them silently would promise it.
  const known = prelude.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
  const check = (node: Annotated, place: DirectiveLocation): void => checkNode(node, place, known, report);

  for (const object of objects) {
    check(object, DirectiveLocation.OBJECT);
    for (const field of object.fields ?? []) check(field, DirectiveLocation.FIELD_DEFINITION);
  }
  for (const node of enums) {
    check(node, DirectiveLocation.ENUM);
    for (const value of node.values ?? []) check(value, DirectiveLocation.ENUM_VALUE);
  }
}

function checkNode(
  { directives }: Annotated,
  place: DirectiveLocation,
  known: readonly GraphQLDirective[],
  report: Report,
): void {
  for (const node of directives ?? []) {
    const name = node.name.value;
    const directive = known.find((candidate) => candidate.name === name);
    if (directive === undefined) {
      const names = known.map((candidate) => candidate.name);
      const message = `Cordon does not serve a directive @${name}.${didYouMean(name, names)}`;
      report.problem(node, 'UNKNOWN_DIRECTIVE', message);
    } else if (!directive.locations.includes(place)) {
      const places = directive.locations.map((location) => placeNames.get(location) ?? location);
      report.problem(
        node,
        'MISPLACED_DIRECTIVE',
        `@${name} stands on ${places.join(' or ')}; move it there.`,
      );
    }
  }
}

const placeNames: ReadonlyMap<DirectiveLocation, string> = new Map([
  [DirectiveLocation.OBJECT, 'types'],
  [DirectiveLocation.FIELD_DEFINITION, 'fields'],
  [DirectiveLocation.ENUM_VALUE, 'values of enums'],
]);

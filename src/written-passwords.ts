import { interpolate, type Problem, type Reporter } from './base/index.js';

/** Warns of passwords that stand in the file, where everybody who reads or copies it sees them. @param sources names */
export function writtenPasswords(
  raw: unknown,
  sources: readonly string[],
  report: Reporter,
): readonly Problem[] {
  const places = [...sources.map((name) => ['sources', name, 'url']), ['control', 'url']];
  return places.flatMap((path) => {
    const url: unknown = path.reduce((at, key) => (at as Record<string, unknown>)[key] ?? {}, raw);
    const shape = interpolate(url, () => '') as string;
    if (!URL.canParse(shape)) return [];
    const { password, searchParams } = new URL(shape);
    const message =
      'A password is written in this URL; put it into a variable of the environment: postgres://user:${DB_PASSWORD}@…';
    return password === '' && !searchParams.get('password')
      ? []
      : [report.problem(path, 'WRITTEN_PASSWORD', message)];
  });
}

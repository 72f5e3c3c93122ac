import { concatAST, GraphQLError, parse, Source, type DocumentNode } from 'graphql';
import type { Report } from './report.js';

/** One file of annotated SDL. */
export interface SdlFile {
  /** The name that problems carry. */
  readonly file: string;
  readonly text: string;
}

/** White space, commas and comments only: such a file says nothing, which is no mistake. */
const blank = /^(?:[\s,\uFEFF]|#[^\n\r]*)*$/;

/** All files as one document; null where one does not parse, for without it every name it defines would seem unknown. */
export function parseSdl(files: readonly SdlFile[], report: Report): DocumentNode | null {
  const documents: DocumentNode[] = [];
  for (const { file, text } of files) {
    if (blank.test(text)) continue;
    try {
      documents.push(parse(new Source(text, file)));
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const line = error.locations?.[0]?.line ?? 0;
      report.add({ file, line, code: 'SDL_SYNTAX', message: error.message });
    }
  }
  return report.failed ? null : concatAST(documents);
}

/** One text with a line naming each file, in the order of their names; what the ledger records. */
export function joinSdl(files: readonly SdlFile[]): string {
  const sorted = files.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  return sorted.map(({ file, text }) => `# ${file}\n${text}\n`).join('\n');
}

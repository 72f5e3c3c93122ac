import { answerQuestions } from '../base/index.js';
import { contentOf, type BatchContent } from './batch-content.js';
import { readPacked, type PackedBatches } from './content-checker.js';

answerQuestions((packed: PackedBatches): readonly BatchContent[] =>
  readPacked(packed).map((batch) => contentOf(batch)),
);

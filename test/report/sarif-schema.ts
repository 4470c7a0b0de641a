/** The schema of OASIS, as Microsoft's own matchers ship it. */
import { readFileSync } from 'node:fs';
import Ajv from 'ajv-draft-04';
import { fullFormats } from 'ajv-formats/dist/formats';

// One of its patterns is no regular expression of the strict kind.
const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false, formats: fullFormats });
const official = ajv.compile(JSON.parse(readFileSync(require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8')));

/** What is wrong with a log, for people; empty when nothing is. */
export function sarifFaults(text: string): readonly string[] {
  official(JSON.parse(text));
  return (official.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`);
}

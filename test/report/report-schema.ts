import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';

const SCHEMA = path.join(__dirname, '../../syntaxes/shipworthy-report-1.schema.json');
const valid = new Ajv({ allErrors: true, strictTypes: false }).compile(JSON.parse(readFileSync(SCHEMA, 'utf8')));

/** What the published schema of JSON reports does not accept of a value: a line for each fault. */
export function reportFaults(value: unknown): readonly string[] {
  valid(value);
  return (valid.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

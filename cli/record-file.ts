/** Files of ours in a project's `.shipworthy/`: read and written by commands that were asked to, never by a check. */
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { line } from '../report/escape';
import { UsageError } from './exit';
import { writeWhole } from './output';

/**
 * The text of a file of ours, or undefined when there is none. Throws UsageError when it is there and cannot be read: it
 * must not be taken for an empty one and written over.
 * @param root absolute folder of the project
 * @param name relative to it, with `/`: `.shipworthy/signoffs.json`
 */
export function readRecordFile(root: string, name: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path.join(root, name)));
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT')) return undefined;
    throw new UsageError(`${line(name)} cannot be read: ${error instanceof TypeError ? 'it is not UTF-8' : error instanceof Error ? error.message : String(error)}.`);
  }
}

/** Puts a file of ours in place whole, and makes its folder. Throws UsageError, also where a link would lead it out of the project. */
export function writeRecordFile(root: string, name: string, text: string): void {
  writeWhole(recordPlace(root, name), text, line(name));
}

/** Where a file of ours is to be written; its folder is made. Throws UsageError, also where a link would lead it out of the project. */
export function recordPlace(root: string, name: string): string {
  const folder = path.join(root, path.dirname(name));
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(`The folder ${line(folder)} cannot be made: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const relative = path.relative(realpathSync(root), realpathSync(folder));
  if (relative.split(path.sep)[0] === '..' || path.isAbsolute(relative)) throw new UsageError(`${line(name)} was not written: ${line(folder)} is a link that leads out of the project.`);
  return path.join(folder, path.basename(name));
}

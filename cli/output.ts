/** Where the report goes: standard output, or a file that is there whole or not at all. */
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, statSync, writeFileSync, type Stats } from 'node:fs';
import path from 'node:path';
import { line } from '../report/escape';
import { UsageError } from './exit';

/**
 * Writes `text` to a stream and resolves when it is out. A reader that has seen enough (`| head`) closes the pipe: that
 * is no error. Any other failure, such as a full disk, rejects with UsageError.
 */
export function send(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (!error || ('code' in error && error.code === 'EPIPE')) resolve();
      else reject(new UsageError(`The report could not be written: ${error.message}.`));
    });
  });
}

/**
 * The absolute path that `--output given` means. Throws UsageError, before any work is done, when no file can be made there:
 * devices and pipes are refused because the file is put in place by renaming, which would replace them.
 */
export function outputFile(given: string, cwd: string): string {
  const file = path.resolve(cwd, given);
  const shown = line(given);
  const folder = existing(path.dirname(file));
  if (!folder?.isDirectory()) throw new UsageError(`The report cannot be written to ${shown}: the folder ${line(path.dirname(file))} does not exist.`);
  const there = existing(file);
  if (there?.isDirectory()) throw new UsageError(`The report cannot be written to ${shown}: it is a folder.`);
  if (there && !there.isFile()) throw new UsageError(`The report cannot be written to ${shown}: it is not a plain file. Without --output the report goes to standard output.`);
  return file;
}

/**
 * Puts `text` at `file` in one step: readers, and whoever comes after a power cut, see the old file or the new one, never half
 * of it. A link is replaced, not followed, so that a link in somebody's repository cannot direct the text elsewhere. Throws
 * UsageError.
 * @param what the file is called in messages
 */
export function writeWhole(file: string, text: string, what = 'The report'): void {
  const folder = path.dirname(file);
  const draft = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    writeThrough(draft, text);
    const old = plain(file);
    if (old) chmodSync(draft, old.mode);
    renameSync(draft, file);
    settle(folder);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new UsageError(`${what} could not be written to ${line(file)}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** Writes a new file and waits until the disk has it: renamed any earlier, it could be empty after a power cut. */
function writeThrough(file: string, text: string): void {
  const handle = openSync(file, 'wx');
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Makes a renaming last. Where folders cannot be opened (Windows) the system sees to it by itself. */
function settle(folder: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(folder, 'r');
    fsyncSync(handle);
  } catch {
    // The file is whole either way.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** Writes finished reports to their files, and those without one to `stdout`. Throws UsageError. */
export async function deliver(reports: readonly { readonly file: string | undefined; readonly text: string }[], stdout: NodeJS.WritableStream): Promise<void> {
  for (const { file, text } of reports) {
    if (file === undefined) await send(stdout, text);
    else writeWhole(file, text);
  }
}

function existing(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

/** The file itself, when it is one and no link. */
function plain(file: string): Stats | undefined {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats?.isFile() ? stats : undefined;
}

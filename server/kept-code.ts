/**
 * Runs a bundle from the code that V8 made of it the last time. V8 reads the whole text before a program begins, and each function once more when it is first
 * called; for a server of three megabytes that is half of its start and a quarter of its first scan. What it made can be written down and taken up again.
 *
 * Node has the like in `module.enableCompileCache`, since 22. It writes down what is there before the first line has run, without the functions that run later: half as much
 * is gained at the start, a third at the first squiggle. So this is our own, and works the same in node 20.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cachedDataVersionTag, getHeapCodeStatistics } from 'node:v8';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** One name, whatever made the code: that of another version takes its place, and the folder does not grow. */
const NAME = 'server.code';
/** At the end of the file: how much code there was, in bytes, and the seal. */
const END = 8;
/** How many times the code that was kept there has to be for it to be written anew: what a first project does not need, such as all that reads Python, the next one may. */
const GROWN = 1.2;

export interface Running {
  /** What the bundle exports. */
  readonly exports: unknown;
  /**
   * Writes down the code as it is by now, for the next start: best called when what a start needs has run once. Takes a twentieth of a second, unless nearly all of it came from
   * the folder. Does nothing when it is called again. A folder that cannot be written to is no failure.
   */
  keep(): void;
}

/**
 * Runs a CommonJS bundle as `require` does. Throws what the bundle throws.
 * @param file absolute path of the bundle. It must not call `import()`, which needs node's own loader.
 * @param folder in which its code is kept; made when there is something to keep. Nobody else may be able to write to it: what is in there runs. Without it, nothing is read or written.
 */
export function runKept(file: string, folder: string | undefined): Running {
  const text = `(function (exports, require, module, __filename, __dirname) {\n${readFileSync(file, 'utf8')}\n})`;
  const place = folder === undefined ? undefined : join(folder, NAME);
  const found = place === undefined ? undefined : kept(place, text);
  const script = new Script(text, { filename: file, lineOffset: -1, ...(found && { cachedData: found.code }) });
  const enough = script.cachedDataRejected === false && found ? found.amount * GROWN : 0;
  const module = { exports: {} };
  (script.runInThisContext() as (...scope: unknown[]) => void)(module.exports, createRequire(file), module, file, dirname(file));
  let toKeep: Script | undefined = script;
  return {
    exports: module.exports,
    keep() {
      if (toKeep && place !== undefined && amountOfCode() > enough) write(place, text, toKeep);
      toKeep = undefined;
    },
  };
}

/** Of the whole process, in bytes. */
function amountOfCode(): number {
  return getHeapCodeStatistics().bytecode_and_metadata_size;
}

/** The code that was kept of this text, by a program like this one; undefined when there is none that is whole. */
function kept(place: string, text: string): { readonly code: Buffer; readonly amount: number } | undefined {
  try {
    const read = readFileSync(place);
    const code = read.subarray(0, -END);
    const amount = read.readUInt32LE(code.length);
    return read.readUInt32LE(code.length + 4) === seal(text, code, amount) ? { code, amount } : undefined;
  } catch {
    return undefined;
  }
}

/** Two servers may write at once, and one may end while it does: a file that came to harm by it is not taken, and written again. */
function write(place: string, text: string, script: Script): void {
  try {
    mkdirSync(dirname(place), { recursive: true });
    const code = script.createCachedData();
    const amount = amountOfCode();
    const end = Buffer.alloc(END);
    end.writeUInt32LE(amount);
    end.writeUInt32LE(seal(text, code, amount), 4);
    writeFileSync(place, Buffer.concat([code, end]));
  } catch {
    // The next start is as slow as this one was.
  }
}

/**
 * Stands for the text, for what runs it, for the code itself and its amount. V8 compares no more of the text than its length, and takes damaged code as it is: the process crashes by it.
 */
function seal(text: string, code: Buffer, amount: number): number {
  const program = JSON.stringify([process.platform, process.arch, process.versions, cachedDataVersionTag(), amount]);
  return crc32(code, crc32(text, crc32(program)));
}

// A desktop VS Code, if this machine has one that can show a window.
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { findProgram } from '../host/processes.mjs';

/**
 * Looks for a desktop VS Code on PATH.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ program?: string, reason?: string }} the program, or why it will not do; neither when there is none at all
 */
export function findDesktop(env = process.env) {
  const program = findProgram('code', env);
  if (!program) return {};
  // In the terminal of a remote window, `code` only talks to the window that is open already, and cannot load an extension.
  if (env.VSCODE_IPC_HOOK_CLI || /[\\/]remote-cli[\\/]/.test(realpathSync(program))) {
    return { reason: `${program} belongs to a remote window.` };
  }
  if (process.platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return { reason: `${program} has no display to open on.` };
  return { program };
}

/**
 * Opens a folder in a new window with an extension under development. Returns when the window has been asked for: it lives
 * on without us.
 * @param {string} program    what findDesktop found
 * @param {string} extension  folder of the extension, built
 * @param {string} folder
 * @returns {Promise<string | undefined>} a sentence when it did not work
 */
export function openDesktop(program, extension, folder) {
  const args = [`--extensionDevelopmentPath=${extension}`, '--new-window', folder];
  const shell = /\.cmd$/i.test(program); // on Windows `code` is a script, which only a shell can start
  const quoted = (text) => (shell ? `"${text}"` : text);
  return new Promise((resolve) => {
    const child = spawn(quoted(program), args.map(quoted), { stdio: 'inherit', shell });
    child.once('error', (error) => resolve(`${program} could not be started: ${error.message}.`));
    child.once('exit', (code) => resolve(code === 0 ? undefined : `${program} ended with exit code ${code}.`));
  });
}

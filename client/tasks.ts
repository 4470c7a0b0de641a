// The command line as a task of the editor: `shipworthy: check` in each folder. It runs only when somebody runs it, and it is our own
// command line, so that there is nothing to install.
import * as vscode from 'vscode';

/** The type in package.json. */
const TYPE = 'shipworthy';

/** Offers the tasks. @param cli path of the command line's bundle */
export function registerTasks(cli: string): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TYPE, {
    provideTasks: () => (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map((folder) => check({ type: TYPE, task: 'check' }, folder, cli)),
    resolveTask: ({ definition, scope }) => (isFolder(scope) && definition['task'] === 'check' ? check(definition, scope, cli) : undefined),
  });
}

function check(definition: vscode.TaskDefinition, folder: vscode.WorkspaceFolder, cli: string): vscode.Task {
  const given: unknown = definition['args'];
  const args = Array.isArray(given) ? given.filter((one): one is string => typeof one === 'string') : [];
  // The node that this runs in; in a desktop editor it is its own program, which is told to be node.
  const execution = new vscode.ProcessExecution(process.execPath, [cli, 'check', '--format', 'lines', ...args], { cwd: folder.uri.fsPath, env: { ELECTRON_RUN_AS_NODE: '1' } });
  const task = new vscode.Task(definition, folder, 'check', TYPE, execution, ['$shipworthy']);
  task.group = vscode.TaskGroup.Test;
  task.detail = 'Checks the folder as in CI; fails on what blocks.';
  return task;
}

function isFolder(scope: vscode.Task['scope']): scope is vscode.WorkspaceFolder {
  return typeof scope === 'object';
}

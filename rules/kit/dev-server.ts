/** Servers that are made for one developer, by the words that start them. */
import { fileName } from './edge';
import type { Command } from './files';
import type { Call, Module } from './module';
import type { Project } from './project';
import { onlyInDevelopment } from './standing';

export interface DevServer {
  readonly name: string;
  /** The word of the command that says so. */
  readonly word: number;
  /** It serves well but for this word, which makes it watch the files. */
  readonly reloads?: true;
  /** It also shows its debugger to every network. */
  readonly open?: true;
  /** The call that starts it, where the command starts a file. */
  readonly call?: Call;
}

const EVERYWHERE = /^(0\.0\.0\.0|::|\[::\])/;

/** The development server a command starts; undefined where it starts none. */
export function devServerOf(command: Command, project: Project): DevServer | undefined {
  const { words } = command;
  const names = words.map(fileName);
  const index = (name: RegExp) => names.findIndex((word) => name.test(word));
  const follows = (first: RegExp, second: RegExp) => { const at = index(first); const next = names.findIndex((word, place) => place > at && second.test(word)); return at >= 0 && next >= 0 ? next : -1; };
  if (/^(pip\d?|apt-get|apk|npm|echo|cp|rm|mv|chmod|chown|grep|sed|pkill|kill|cat)$/.test(names[0] ?? '') && !/^npm$/.test(names[0] ?? '')) return undefined;
  const flask = index(/^flask$/) >= 0 ? follows(/^flask$/, /^run$/) : -1;
  if (flask >= 0) return { name: 'the server of flask run', word: flask, ...(words.includes('--debug') && words.some((word) => EVERYWHERE.test(word.replace(/^(--host|-h)=/, ''))) && { open: true as const }) };
  const django = follows(/^(manage\.py|django-admin|django)$/, /^runserver(_plus)?$/);
  if (django >= 0) return { name: `the server of manage.py ${names[django] ?? ''}`, word: django };
  const fastapi = follows(/^fastapi$/, /^dev$/);
  if (fastapi >= 0 && names.indexOf('dev') === fastapi) return { name: 'the server of fastapi dev', word: fastapi };
  const reload = words.indexOf('--reload');
  if (reload > 0 && index(/^(uvicorn|gunicorn|hypercorn|granian|fastapi)$/) >= 0) return { name: `${names[index(/^(uvicorn|gunicorn|hypercorn|granian|fastapi)$/)] ?? ''} with --reload`, word: reload, reloads: true };
  const node = follows(/^(npm|yarn|pnpm|bun)$/, /^(dev|start:dev|serve:dev|watch)$/);
  if (node >= 0 && index(/^(npm|yarn|pnpm|bun)$/) === 0) return { name: words.join(' '), word: node };
  const tool = index(/^(nodemon|ts-node-dev|webpack-dev-server|react-scripts)$/);
  if (tool === 0 || (tool === 1 && names[0] === 'npx')) return { name: names[tool] ?? '', word: tool };
  if (names[0] === 'next' && names[1] === 'dev') return { name: 'next dev', word: 1 };
  const http = names[0]?.startsWith('python') && words[1] === '-m' && words[2] === 'http.server' ? 2 : -1;
  return http > 0 ? { name: 'http.server of Python', word: http } : byFile(command, project);
}

/** Calls this asks the project for. */
export const DEV_SERVER_CALLS = ['flask.Flask.run', 'quart.Quart.run', 'flask_socketio.SocketIO.run', 'uvicorn.run', '*.run'] as const;

/** `python app.py`, `python -m shop`: what the file does when it is started. */
function byFile({ words }: Command, project: Project): DevServer | undefined {
  const python = words.findIndex((word) => /^python[\d.]*$/.test(fileName(word)));
  if (python < 0 || words.slice(0, python).some((word) => !/^(exec|poetry|uv|pipenv|run|pdm|env|tini|dumb-init|--|ddtrace-run)$/.test(fileName(word)))) return undefined;
  const at = words.findIndex((word, index) => index > python && (!word.startsWith('-') || word === '-m'));
  const place = words[at] === '-m' ? at + 1 : at;
  const module = at < 0 ? undefined : moduleOf(words[place] ?? '', words[at] === '-m', project);
  if (!module || hasRealServer(module)) return undefined;
  const started = project.calls(...DEV_SERVER_CALLS).filter((each) => each.module === module && !onlyInDevelopment(each.call)).map(({ call }) => call).flatMap((call) => developing(call, project) ?? []);
  const [first] = started;
  return first && { ...first, word: place };
}

function moduleOf(word: string, byName: boolean, project: Project): Module | undefined {
  if (byName) return project.modules.find((each) => each.name === word || each.name === `${word}.__main__` || each.path === `${word.replace(/\./g, '/')}/__main__.py`);
  if (!word.endsWith('.py') || /manage\.py$/.test(word)) return undefined;
  const plain = word.replace(/^\.?\//, '');
  const same = project.modules.filter((each) => fileName(each.path) === fileName(word));
  return same.find((each) => each.path === plain || each.path.endsWith(`/${plain}`)) ?? (same.length === 1 ? same[0] : undefined);
}

/** The file chooses between servers, or starts a real one. */
function hasRealServer(module: Module): boolean {
  return module.imports.some((each) => /^(waitress|gevent|eventlet|hypercorn|cheroot|bjoern|tornado|gunicorn|meinheld|granian|socketserver|aiohttp)(\.|$)/.test(each.target));
}

function developing(call: Call, project: Project): Omit<DevServer, 'word'> | undefined {
  const keyword = (name: string) => { const value = call.keywords.find((each) => each.name === name)?.value; return value?.kind === 'bool' ? value.value : undefined; };
  const host = call.keywords.find((each) => each.name === 'host')?.value;
  const open = keyword('debug') === true && host?.kind === 'text' && EVERYWHERE.test(host.value) ? { open: true as const } : {};
  if (call.callee === 'uvicorn.run') return keyword('reload') === true ? { name: 'uvicorn with reload=True', call } : undefined;
  if (/SocketIO\.run$/.test(call.callee)) return keyword('allow_unsafe_werkzeug') === true ? { name: 'the development server of Werkzeug', call, ...open } : undefined;
  const flask = /^(flask\.Flask|quart\.Quart)\.run$/.test(call.callee) || (/^(app|application)\.run$/.test(call.written) && (project.frameworks.has('flask') || project.frameworks.has('quart')) && !project.frameworks.has('fastapi'));
  return flask ? { name: `the development server of ${project.frameworks.has('quart') && !project.frameworks.has('flask') ? 'Quart' : 'Flask'}`, call, ...open } : undefined;
}

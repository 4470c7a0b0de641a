/** Settings per folder: asked of the client where it can be asked, else what it last sent. */
import type { Connection } from 'vscode-languageserver';
import type { Client } from './capabilities';
import type { Log } from './log';
import { DEFAULT_SETTINGS, SECTION, SETTINGS, type Settings } from './protocol/settings';

export class SettingsSource {
  #sent: unknown;

  constructor(private readonly connection: Connection, private readonly client: Client, private readonly log: Log) {}

  /** What a client that cannot be asked sends with `workspace/didChangeConfiguration`: all settings, ours in their section. */
  receive(settings: unknown): void {
    this.#sent = property(settings, SECTION);
  }

  /** The settings of a folder. Never rejects: a client that does not answer gets the defaults. */
  async of(uri: string): Promise<Settings> {
    if (!this.client.configuration) return readSettings(this.#sent, this.log);
    try {
      return readSettings(await this.connection.workspace.getConfiguration({ scopeUri: uri, section: SECTION }), this.log);
    } catch (reason) {
      this.log.failed(`Asking for the settings of ${uri}`, reason);
      return DEFAULT_SETTINGS;
    }
  }
}

/** Settings out of a client's answer. A value that the setting cannot have is said and falls back to the default. */
export function readSettings(given: unknown, log: Pick<Log, 'info'>): Settings {
  return { enable: setting(given, 'enable', log), problems: setting(given, 'problems', log), defer: texts(given, 'defer', log), codeLens: setting(given, 'codeLens', log) };
}

function setting<Key extends 'enable' | 'problems' | 'codeLens'>(given: unknown, name: Key, log: Pick<Log, 'info'>): Settings[Key] {
  const key = `${SECTION}.${name}`;
  const declaration = SETTINGS.find((one) => one.key === key);
  const value = property(given, name);
  if (value === undefined || value === null) return DEFAULT_SETTINGS[name];
  const values: readonly unknown[] | undefined = declaration && 'enum' in declaration ? declaration.enum : undefined;
  if (typeof value === declaration?.type && (!values || values.includes(value))) return value as Settings[Key];
  const wanted = values ? `one of ${values.join(', ')}` : `a ${declaration?.type}`;
  log.info(`${key} is ${JSON.stringify(value)} but must be ${wanted}; ${String(DEFAULT_SETTINGS[name])} is used.`);
  return DEFAULT_SETTINGS[name];
}

/** A list of texts, in lower case. */
function texts(given: unknown, name: 'defer', log: Pick<Log, 'info'>): readonly string[] {
  const value = property(given, name);
  if (value === undefined || value === null) return DEFAULT_SETTINGS[name];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.map((one) => one.toLowerCase());
  log.info(`${SECTION}.${name} is ${JSON.stringify(value)} but must be a list of texts; an empty one is used.`);
  return DEFAULT_SETTINGS[name];
}

function property(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;
}

// The server as a process of its own, for editors that have node.
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import type { LanguageClientOptions, MessageTransports, NodeModule } from 'vscode-languageclient/node';
import { CODE_CACHE } from '../server/protocol';
import type { ServerClient, ServerWorld } from './language-server';

/** The server on the disk, and what it may write to. */
export interface ServerPlaces {
  /** Folder of its program and of its grammars. */
  readonly dist: vscode.Uri;
  /** Folder for what is kept until the workspace is opened again; undefined where there is none. */
  readonly keepIn: vscode.Uri | undefined;
  /** Folder for its compiled code, which is the same in every workspace. */
  readonly codeIn: vscode.Uri;
}

export function nodeServer({ dist, keepIn, codeIn }: ServerPlaces): ServerWorld {
  const program: NodeModule = {
    module: vscode.Uri.joinPath(dist, 'server.js').fsPath, transport: TransportKind.ipc, args: codeIn.scheme === 'file' ? [`${CODE_CACHE}${codeIn.fsPath}`] : [],
    // Not in a folder of the workspace: nothing in there should have a say, and Windows locks the folder.
    options: { cwd: dist.fsPath },
  };
  return { grammars: dist, options: keepIn?.scheme === 'file' ? { keepIn: keepIn.fsPath } : {}, connect: (options) => new ProcessClient(program, options) };
}

class ProcessClient extends LanguageClient implements ServerClient {
  readonly exited: Promise<string>;
  #tellExit: (how: string) => void = () => undefined;

  constructor(program: NodeModule, options: LanguageClientOptions) {
    super('shipworthy', 'Shipworthy', program, options);
    this.exited = new Promise((resolve) => { this.#tellExit = resolve; });
  }

  get pid(): number | undefined {
    return this.serverProcess?.pid;
  }

  protected override async createMessageTransports(encoding: string): Promise<MessageTransports> {
    const transports = await super.createMessageTransports(encoding);
    this.serverProcess?.once('exit', (code, signal) => this.#tellExit(signal ? `signal ${signal}` : `exit code ${code}`));
    return transports;
  }

  /** The base class shows some errors whatever it is told. */
  override error(message: string, details?: unknown): void {
    super.error(message, details, false);
  }
}

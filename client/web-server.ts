// The server as a web worker, for editors that run in a browser.
import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import type { LanguageClientOptions } from 'vscode-languageclient/browser';
import type { ServerClient, ServerWorld } from './language-server';

/** As much of a browser's worker as is used here. */
interface WebWorker {
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
  terminate(): void;
}
declare const Worker: new (url: string) => WebWorker;

/** @param dist folder of its program and of its grammars */
export function webServer(dist: vscode.Uri): ServerWorld {
  return {
    grammars: dist, options: {},
    connect: (options) => new WorkerClient(new Worker(vscode.Uri.joinPath(dist, 'web-server.js').toString(true)), options),
  };
}

class WorkerClient extends LanguageClient implements ServerClient {
  /** A worker does not end by itself: what goes wrong in it before it answers is all that can be told. */
  readonly exited: Promise<string>;
  readonly pid = undefined;
  readonly #worker: WebWorker;

  constructor(worker: WebWorker, options: LanguageClientOptions) {
    super('shipworthy', 'Shipworthy', worker, options);
    this.#worker = worker;
    this.exited = new Promise((resolve) => { worker.addEventListener('error', ({ message }) => resolve(message ?? 'its program cannot be loaded')); });
  }

  /** Rejects too where the worker fails before it has answered. */
  override async start(): Promise<void> {
    const failed = this.exited.then((how) => { throw new Error(how); });
    await Promise.race([super.start(), failed]);
  }

  override async dispose(timeout?: number): Promise<void> {
    try {
      await super.dispose(timeout);
    } finally {
      this.#worker.terminate();
    }
  }

  /** The base class shows some errors whatever it is told. */
  override error(message: string, details?: unknown): void {
    super.error(message, details, false);
  }
}

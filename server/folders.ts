/** The folders of the workspace. They may lie in one another: a file is judged by the nearest, and known to all around it. */
import type { WorkspaceFolder } from 'vscode-languageserver';
import { canonical } from './convert';
import type { Folder } from './folder';

/** A file by its folder: `path` is relative to it. */
export interface Placed { readonly folder: Folder; readonly path: string }

export class Folders {
  #all: readonly Folder[] = [];

  constructor(private readonly open: (place: WorkspaceFolder) => Folder) {}

  get all(): readonly Folder[] {
    return this.#all;
  }

  get scanning(): boolean {
    return this.#all.some((folder) => folder.scanning);
  }

  /** Adds a folder unless it is there. */
  add(place: WorkspaceFolder): void {
    if (!this.named(place.uri)) this.#all = [...this.#all, this.open(place)];
  }

  /** Removes a folder and frees its session. */
  async remove(place: WorkspaceFolder): Promise<void> {
    const folder = this.named(place.uri);
    this.#all = this.#all.filter((one) => one !== folder);
    await folder?.end();
  }

  async end(): Promise<void> {
    await Promise.all(this.#all.map((folder) => folder.end()));
    this.#all = [];
  }

  /** The folder with this URI. */
  named(uri: string): Folder | undefined {
    return this.#all.find((folder) => canonical(folder.uri) === canonical(uri));
  }

  /** The folder whose session judges a file, and the file's path in it; undefined when it is in no folder. */
  nearest(uri: string): Placed | undefined {
    return this.around(uri)[0];
  }

  /** Every folder that holds a file, the nearest first. */
  around(uri: string): readonly Placed[] {
    const placed = this.#all.flatMap((folder) => {
      const path = folder.pathOf(uri);
      return path === undefined ? [] : [{ folder, path }];
    });
    return placed.sort((a, b) => a.path.length - b.path.length);
  }
}

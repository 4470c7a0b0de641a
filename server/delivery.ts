/** How diagnostics reach the client: it pulls them, or they are pushed to it. */
export interface Delivery {
  /** The text of an open document is another. */
  edited(uri: string): void;
  closed(uri: string): void;
  /** What is said of any file may have changed, by a scan, a setting or a folder that came or went. */
  settled(): void;
  /** Answers what is still waiting, so that the client can go. */
  end(): void;
}

import { LSPErrorCodes, ResponseError, type CancellationToken } from 'vscode-languageserver';

/** Ends a request that the client no longer wants answered; to be called between the steps of anything that takes time. */
export function refuseCancelled(token: CancellationToken): void {
  if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
}

/** A repository that cannot be read as asked. The message says what is missing or damaged and what to do, in whole sentences. */
export class GitFault extends Error {
  override readonly name = 'GitFault';
}

/** @param largest in bytes */
export function tooLarge(largest: number): GitFault {
  return new GitFault(`An object of the repository has more than ${Math.round(largest / 1024 / 1024)} MB, which is not read.`);
}

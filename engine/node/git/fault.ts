/** A repository that cannot be read as asked. The message says what is missing or damaged and what to do, in whole sentences. */
export class GitFault extends Error {
  override readonly name = 'GitFault';
}

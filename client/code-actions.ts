// What the editor does with a code action that somebody has chosen, before the server is asked.

/**
 * Asks the server only for edits that are still to be made: an action with a command is whole. VS Code forgets the actions of a menu as
 * soon as it has newer ones for its light bulb, and then says "Actual command not found" of an action that is still waiting for a server
 * at work.
 * @param next asks the server
 */
export function resolveEdits<Action extends { readonly command?: unknown }, Token, Answer>(action: Action, token: Token, next: (action: Action, token: Token) => Answer): Action | Answer {
  return action.command ? action : next(action, token);
}

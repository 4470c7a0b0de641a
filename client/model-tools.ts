// Tools for language models: they read the report, the findings and the pages of rules. None of them changes or silences anything.
import * as vscode from 'vscode';
import { EXPLAIN } from '../server/protocol';
import type { ExplainAnswer, ExplainParams } from '../server/protocol';
import type { CurrentReport, Known } from './current-report';
import type { LanguageServer } from './language-server';
import { isRuleId } from './message-check';
import { findingsAnswer, readQuery, reportAnswer } from './tool-answers';

/** How long an answer may wait for the first scan, in milliseconds. */
const PATIENCE = 60_000;

/** Offers the tools of package.json, where the editor has language models. */
export function registerModelTools(server: LanguageServer, report: CurrentReport): vscode.Disposable {
  const tools: Readonly<Record<string, (input: unknown, token: vscode.CancellationToken) => Promise<string>>> = {
    shipworthy_report: async (_, token) => JSON.stringify(reportAnswer((await scanned(server, report, token)).cards)),
    shipworthy_findings: async (input, token) => JSON.stringify(findingsAnswer((await scanned(server, report, token)).cards, readQuery(input))),
    shipworthy_explain: (input) => explained(server, input),
  };
  return vscode.Disposable.from(...Object.entries(tools).map(([name, answer]) => vscode.lm.registerTool(name, {
    invoke: async ({ input }, token) => new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(await answer(input, token))]),
  })));
}

async function explained(server: LanguageServer, input: unknown): Promise<string> {
  const { rule } = (typeof input === 'object' && input !== null ? input : {}) as { readonly rule?: unknown };
  if (!isRuleId(rule)) throw new Error('Name a rule by its id, such as secret-key-default. shipworthy_findings has them.');
  const answer = await server.request<ExplainAnswer>(EXPLAIN, { rule } satisfies ExplainParams);
  if (!answer) throw new Error('Shipworthy\'s server does not run.');
  return answer.markdown;
}

/** What is known once everything was read. Throws a sentence when that does not come. */
async function scanned(server: LanguageServer, report: CurrentReport, token: vscode.CancellationToken): Promise<Known> {
  if (!report.known.scanning) return report.known;
  const waiting: vscode.Disposable[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error('The files of this workspace are still being read. Ask again in a minute.')), PATIENCE);
      waiting.push(
        { dispose: () => clearTimeout(limit) }, token.onCancellationRequested(() => reject(new vscode.CancellationError())), report.onDidChange(({ scanning }) => { if (!scanning) resolve(); }),
        server.onDidChangeState((state) => { if (state.kind === 'stopped') reject(new Error(state.reason)); }),
      );
      if (server.state.kind === 'stopped') reject(new Error(server.state.reason));
    });
  } finally {
    for (const each of waiting) each.dispose();
  }
  return report.known;
}

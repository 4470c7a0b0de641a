import * as vscode from 'vscode';
import { DEFAULT_VIEW } from '../../../client/tree-model';
import { assert, extension, findings, openFile, until, untilFinding, workspaceFile } from '../helpers';
import { clientWithCard, closeEverything, FILE, nodes, place, RULE } from './client';

const PANEL = 'shipworthy.report';

suite('the report card', function () {
  this.timeout(60_000);
  teardown(closeEverything);

  test('has every category of the card that has rules', async () => {
    const view = await clientWithCard();
    const labels = new Set(nodes(view.tree().roots).map(({ label }) => label));
    for (const { card } of view.report().cards) {
      for (const { id, title } of card.categories) {
        if (card.results.some(({ category }) => category === id)) assert(labels.has(title), `${title} is missing among: ${[...labels].join(', ')}`);
      }
    }
  });

  test('leads from a place to its code', async () => {
    const view = await clientWithCard();
    const { command, accessibilityInformation } = view.item(await place(view));
    assert(command, 'A click does nothing.');
    await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
    const editor = await until('the file to be shown', () => vscode.window.activeTextEditor?.document.uri.path.endsWith(FILE) && vscode.window.activeTextEditor);
    const { range } = await untilFinding(workspaceFile(FILE), RULE);
    await until('the place to be selected', () => editor.selection.isEqual(range));
    assert(accessibilityInformation?.label.includes(`${FILE} line ${range.start.line + 1}`), `A screen reader says: ${accessibilityInformation?.label}`);
  });

  test('agrees with the problems', async () => {
    const view = await clientWithCard();
    await openFile(FILE);
    await untilFinding(workspaceFile(FILE), RULE);
    const shown = view.report().cards.flatMap(({ card }) => card.results).flatMap((result) => result.findings)
      .filter(({ path, confidence }) => path === FILE && confidence !== 'possible');
    await until('as many problems as findings', () => findings(workspaceFile(FILE)).length === shown.length);
  });

  test('has a badge with the number of blockers, and the status says the verdict', async () => {
    const view = await clientWithCard();
    const blockers = view.report().cards.reduce((sum, { card }) => sum + card.counts.blockers, 0);
    assert(blockers > 0, 'The fallback of the signing key does not block.');
    assert(view.tree().badge?.value === blockers, `The badge says ${view.tree().badge?.value}, blockers are ${blockers}.`);
    const status = view.status();
    assert(status?.severity === 'warning' && /NOT READY/.test(status.detail), `The status says: ${status?.detail}`);
    assert(status.command.id === 'shipworthy.openReport', `A click on it runs ${status.command.id}.`);
  });

  test('can show only what is open, by file, and everything again', async () => {
    const view = await clientWithCard();
    await view.choose({ group: 'file', show: 'open' });
    try {
      const { roots } = view.tree();
      assert(roots.some(({ label }) => label === FILE), `${FILE} is not among: ${roots.map(({ label }) => label).join(', ')}`);
      assert(nodes(roots).every(({ icon }) => icon.name !== 'pass'), 'What holds is still shown.');
    } finally {
      await view.choose(DEFAULT_VIEW);
    }
    assert(nodes(view.tree().roots).some(({ subject }) => subject.rule !== undefined), 'The rules did not come back.');
  });

  test('opens as a page that says it is ready, and again after it was closed', async () => {
    const view = await clientWithCard();
    for (const time of ['first', 'second']) {
      await vscode.commands.executeCommand('shipworthy.openReport');
      await until(`the page to be ready for the ${time} time`, () => view.panel().ready, 30_000);
      assert(view.panel().card === view.report().worst?.key, `On the page is ${view.panel().card}.`);
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(PANEL));
      assert(tabs.length === 1, `There are ${tabs.length} panels.`);
      await vscode.window.tabGroups.close(tabs);
      await until('the panel to be closed', () => !view.panel().open);
    }
  });

  test('explains a rule without the network', async () => {
    await clientWithCard();
    const page = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: 'shipworthy-rule', path: `/${RULE}.md` }));
    assert(page.getText().includes(RULE), `The page is: ${page.getText()}`);
    await vscode.commands.executeCommand('shipworthy.explain', { rule: RULE });
    await until('the page to be shown', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label.includes(RULE));
  });

  test('registers every command that the manifest declares', async () => {
    await clientWithCard();
    const { contributes } = extension().packageJSON as { contributes: { commands: readonly { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const { command } of contributes.commands) assert(registered.has(command), `${command} is not registered.`);
  });

  test('is read anew on request', async () => {
    const view = await clientWithCard();
    await vscode.commands.executeCommand('shipworthy.rescan');
    await until('the card', () => view.report().worst !== undefined && !view.report().scanning, 30_000);
    await place(view);
  });
});

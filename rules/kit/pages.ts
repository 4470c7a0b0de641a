/** Whether people look at it in a browser. */
import type { Call } from './module';
import type { Evidence, Project } from './project';

/** Proof that the application serves pages: it renders them in code, or holds templates that are no mails and no part of a front end built elsewhere. */
export function servesPages(project: Project): Evidence | undefined {
  return project.once('servesPages', () => {
    const rendered = project.html && project.modules.flatMap((module) => module.calls.filter((call) => isPage(call)).map((call) => ({ path: module.path, ...call.at, text: call.written })))[0];
    if (rendered) return rendered;
    const template = project.of('template').find((unit) => unit.role === 'production' && unit.engine !== 'other' && unit.engine !== 'html' && !/e?-?mail|notification|(^|\/)(frontend|client|web|ui|node_modules|public|docs?|static)\//i.test(unit.path));
    if (template) return { path: template.path, start: 0, end: 0, text: 'a template of pages' };
    // The admin of an API is for its makers.
    if (project.modules.some((module) => module.imports.some((one) => /^(rest_framework|ninja)(\.|$)/.test(one.target)))) return undefined;
    const django = project.settings('TEMPLATES').find((each) => each.value.kind === 'list' && each.value.items.length > 0);
    const admin = project.settings('INSTALLED_APPS').find((each) => each.value.kind === 'list' && each.value.items.some((item) => item.kind === 'text' && item.value === 'django.contrib.admin'));
    const settings = django ?? admin;
    return settings && { path: settings.path, ...settings.assignment.targetAt, text: settings === django ? 'TEMPLATES' : 'the admin' };
  });
}

/** A response of a framework, and no text for a mail: `template.render(…)` alone may be either. */
function isPage(call: Call): boolean {
  const [first] = call.args;
  if (/(^|\.)render_template(_string)?$/.test(call.callee)) return !(first?.kind === 'text' && /mail|\.txt$/i.test(first.value));
  return /(^|\.)TemplateResponse$|^django\.shortcuts\.render$/.test(call.callee);
}

/** What the application makes of the headers by which proxies say who the visitor is and how they came. */
import { HOOK_CALLS, middlewares } from './hooks';
import type { Evidence, Project } from './project';
import { lastName } from './select';
import { mayServeProduction } from './standing';

const FIXES = ['werkzeug.middleware.proxy_fix.ProxyFix', 'werkzeug.contrib.fixers.ProxyFix', 'uvicorn.middleware.proxy_headers.ProxyHeadersMiddleware', 'hypercorn.middleware.ProxyFixMiddleware', 'hypercorn.middleware.proxy_fix.ProxyFixMiddleware'] as const;
/** Names of calls these answers are made from: what a rule that asks must list in its `reads`. */
export const TRUST_CALLS: readonly string[] = [...FIXES, ...HOOK_CALLS, 'uvicorn.run', 'uvicorn.Config', 'hypercorn.config.Config', 'waitress.serve'];

/** Where the application, its server or its settings take a proxy's word; what decides at run time counts. */
export function trustsProxy(project: Project): readonly Evidence[] {
  return project.once('trustsProxy', () => [...inApplication(project), ...inServer(project)]);
}

function inApplication(project: Project): readonly Evidence[] {
  const derived = project.classes.filter((each) => each.class.bases.some((base) => (FIXES as readonly string[]).includes(base))).map(({ module, class: one }) => ({ path: module.path, ...one.nameAt, text: one.name }));
  const called = project.calls(...FIXES).map(({ module, call }) => ({ path: module.path, ...call.at, text: `${lastName(call.callee)}(…)` }));
  const mounted = middlewares(project).filter((each) => /proxy_?(fix|header)|forwarded|real_?ip|remote_?(addr|ip)|x_?ff|set_?remote|trusted_?prox/i.test(lastName(each.name)));
  const settings = project.settings('SECURE_PROXY_SSL_HEADER', 'USE_X_FORWARDED_HOST', 'IPWARE_META_PRECEDENCE_ORDER', 'AXES_IPWARE_PROXY_COUNT', 'XFF_TRUSTED_PROXY_DEPTH').filter((each) => mayServeProduction(each, project) && each.value.kind !== 'none').map((each) => ({ path: each.path, start: each.start, end: each.end, text: each.name }));
  const imported = project.modules.flatMap((module) => module.imports.filter((one) => /^(ipware|python_ipware|xff|django_xff|asgi_proxy_headers)(\.|$)/.test(one.target)).map((one) => ({ path: module.path, ...one.at, text: one.target })));
  return [...derived, ...called, ...mounted, ...settings, ...imported];
}

function inServer(project: Project): readonly Evidence[] {
  const flags = project.commands.filter((each) => /--(forwarded-allow-ips|proxy-headers|proxy-protocol|trusted-proxy|proxy-allow-from)\b/.test(each.text)).map((each) => ({ ...each, text: 'the server trusts a proxy' }));
  const gunicorn = project.modules.filter((module) => /(^|\/)gunicorn[\w.-]*\.py$/.test(module.path)).flatMap((module) => module.assignments.filter((one) => one.target === 'forwarded_allow_ips').map((one) => ({ path: module.path, ...one.at, text: 'forwarded_allow_ips' })));
  const called = project.calls('uvicorn.run', 'uvicorn.Config', 'hypercorn.config.Config', 'waitress.serve').filter(({ call }) => call.keywords.some((each) => /^(proxy_headers|forwarded_allow_ips|trusted_proxy\w*)$/.test(each.name) && !(each.value.kind === 'bool' && !each.value.value))).map(({ module, call }) => ({ path: module.path, ...call.at, text: `${call.written}(…) trusts a proxy` }));
  const variable = project.deployedVariable('FORWARDED_ALLOW_IPS');
  return [...flags, ...gunicorn, ...called, ...(variable ? [{ path: variable.path, start: variable.start, end: variable.end, text: 'FORWARDED_ALLOW_IPS' }] : [])];
}

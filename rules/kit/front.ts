/** What stands between the visitors and the application: proxies, ingresses and platforms with a router of their own. */
import { edgeLines, fileName } from './edge';
import type { Compose, Service } from './files';
import { chartsSay } from './container';
import type { Evidence, Project } from './project';
import { lastName } from './select';

export interface Front extends Evidence {
  readonly kind: 'proxy' | 'ingress' | 'platform';
  /** As people call it: `nginx`, `Traefik`, `Heroku`. */
  readonly name: string;
}

/** Names of calls these answers are made from: what a rule that asks must list in its `reads`. */
export const FRONT_CALLS: readonly string[] = ['mangum.Mangum', 'aws_wsgi.response', 'serverless_wsgi.handle_request', 'apig_wsgi.make_lambda_handler'];

/** Everything in front of the application that the repository shows; empty where it shows nothing. */
export function fronts(project: Project): readonly Front[] {
  return project.once('fronts', () => [...proxiesByFile(project), ...proxiesByCompose(project), ...ingresses(project), ...platforms(project), ...functions(project)]);
}

const PASSES: readonly (readonly [RegExp, string])[] = [
  [/^(proxy_pass|uwsgi_pass|fastcgi_pass|grpc_pass)\s/, 'nginx'], [/^reverse_proxy\b/, 'Caddy'], [/^(ProxyPass|ProxyPassMatch|WSGIScriptAlias)\s/i, 'Apache'], [/^(default_backend|use_backend)\s/, 'HAProxy'],
  [/^-?\s*(service:\s+https?:\/\/|tunnel:\s)/, 'Cloudflare Tunnel'], [/^traefik\.(enable\W+true|https?\.routers\.)|^rule:.*\bHost\(/, 'Traefik'], [/^caddy(_\d+)?(\.reverse_proxy)?\s/, 'Caddy'],
];

function proxiesByFile(project: Project): readonly Front[] {
  const found = new Map<string, Front>();
  for (const line of edgeLines(project)) {
    const name = PASSES.find(([pattern]) => pattern.test(line.text))?.[1];
    if (name && !found.has(name) && (name !== 'Cloudflare Tunnel' || /cloudflared/.test(line.path))) found.set(name, { path: line.path, start: line.start, end: line.end, text: `${name} passes requests on`, kind: 'proxy', name });
  }
  return [...found.values()];
}

/** Images that answer visitors and pass requests on. A bare `nginx` may also only serve files. */
const IMAGES: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)traefik(:|$)/, 'Traefik'], [/(^|\/)caddy([:-]|$)|caddy-docker-proxy/, 'Caddy'], [/nginx-proxy|acme-companion|nginx-proxy-manager|\bswag\b|https-portal|nginx-certbot|letsencrypt-nginx/, 'nginx'], [/(^|\/)haproxy(:|$)/, 'HAProxy'], [/cloudflared/, 'Cloudflare Tunnel'],
];

function proxiesByCompose(project: Project): readonly Front[] {
  return productionCompose(project).flatMap((file) => file.services.flatMap((service): Front[] => {
    const name = IMAGES.find(([pattern]) => pattern.test(service.image ?? '') || (service.image === undefined && pattern.test(service.name)))?.[1] ?? (service.environment.some((each) => each.name === 'VIRTUAL_HOST') ? 'nginx' : undefined);
    return name ? [{ path: file.path, ...service.nameAt, text: `${service.name} is ${name}`, kind: 'proxy', name }] : [];
  }));
}

/** Proxies of compose files that bring certificates of their own and redirect by default. */
export function isTlsService(service: Service): boolean {
  return /acme-companion|nginx-proxy-manager|\bswag\b|https-portal|letsencrypt-nginx|cloudflared|nginx-certbot/.test(service.image ?? '') || service.environment.some((each) => /^(LETSENCRYPT_HOST|HTTPS_METHOD)$/.test(each.name));
}

export function productionCompose(project: Project): readonly Compose[] {
  return project.production.filter((unit): unit is Compose => unit.kind === 'compose');
}

const INGRESS = /^(Ingress|IngressRoute|HTTPRoute|Gateway|VirtualService|Route|HTTPProxy)$/;

function ingresses(project: Project): readonly Front[] {
  const objects = project.of('kubernetes').filter((unit) => unit.role === 'production').flatMap((unit) => unit.objects.filter((each) => INGRESS.test(each.type)).map((each): Front => ({ path: unit.path, start: each.at.start, end: each.at.end, text: `${each.type} ${each.name}`, kind: 'ingress', name: `the ${each.type}` })));
  if (objects.length > 0 || !chartsSay(project, /^\s*kind:\s*(Ingress|IngressRoute|HTTPRoute)\s*$/)) return objects;
  return [{ ...project.anchor, text: 'a chart with an ingress', kind: 'ingress', name: 'the ingress' }];
}

const PLATFORMS: Readonly<Record<string, string>> = {
  render: 'Render', fly: 'Fly', heroku: 'Heroku', railway: 'Railway', nixpacks: 'the platform', digitalocean: 'App Platform', appengine: 'App Engine', apprunner: 'App Runner', zeabur: 'Zeabur', 'platform.sh': 'Platform.sh', vercel: 'Vercel', netlify: 'Netlify', cloudflare: 'Cloudflare',
};
/** Commands and actions of pipelines that put the application on a platform. */
const DEPLOYS: readonly (readonly [RegExp, string])[] = [
  [/gcloud(\s+\w+)?\s+run\s+deploy|deploy-cloudrun/, 'Cloud Run'], [/gcloud(\s+\w+)?\s+app\s+deploy/, 'App Engine'], [/\b(flyctl|fly)\s+deploy/, 'Fly'], [/akhileshns\/heroku-deploy|heroku\s+container:release|git\.heroku\.com/, 'Heroku'],
  [/azure\/webapps-deploy|az\s+webapp/, 'Azure App Service'], [/azure\/container-apps-deploy|az\s+containerapp/, 'Azure Container Apps'], [/\brailway\s+up\b/, 'Railway'], [/\bvercel\s+(deploy|--prod)/, 'Vercel'], [/api\.render\.com\/deploy/, 'Render'],
];

function platforms(project: Project): readonly Front[] {
  const at = (unit: { readonly path: string }, name: string, text = `runs on ${name}`): Front => ({ path: unit.path, start: 0, end: 0, text, kind: 'platform', name });
  const files = project.of('platform').filter((unit) => unit.role === 'production' && !project.developmentName(fileName(unit.path)) && concerns(unit.path, project)).flatMap((unit) => { const name = PLATFORMS[unit.platform]; return name ? [at(unit, name)] : []; });
  const procfile = project.production.find((unit) => unit.kind === 'procfile');
  const pipelines = [...project.of('workflow').flatMap((unit) => unit.jobs.flatMap((job) => job.steps.map((step) => ({ unit, text: `${step.uses ?? ''} ${step.run ?? ''}` })))), ...project.of('pipeline').flatMap((unit) => unit.commands.map((each) => ({ unit, text: each.text })))]
    .flatMap(({ unit, text }) => { const name = DEPLOYS.find(([pattern]) => pattern.test(text))?.[1]; return name ? [at(unit, name)] : []; });
  return [...files, ...(procfile && files.length === 0 ? [at(procfile, 'the platform', 'a Procfile names what a platform starts')] : []), ...pipelines];
}

/** A platform's file at the root or above an application speaks of it; one of a front end in a folder beside it does not. */
function concerns(path: string, project: Project): boolean {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1).replace(/(^|\/)\.do\/$/, '$1') : '';
  return project.applications.length === 0 || project.applications.some((app) => app.path.startsWith(folder));
}

/** Functions that a cloud's gateway calls. */
function functions(project: Project): readonly Front[] {
  const [call] = project.calls(...FRONT_CALLS);
  if (call) return [{ path: call.module.path, ...call.call.at, text: `${lastName(call.call.callee)} answers for a gateway`, kind: 'platform', name: 'the API gateway' }];
  const zappa = project.paths.find((path) => /(^|\/)(zappa_settings\.(json|toml|ya?ml)|\.chalice\/config\.json)$/.test(path));
  return zappa ? [{ path: zappa, start: 0, end: 0, text: 'runs behind a gateway', kind: 'platform', name: 'the API gateway' }] : [];
}

/** Infrastructure that is described here in files nobody reads: what stands in front may be in them. */
export function unreadInfrastructure(project: Project): string | undefined {
  return project.paths.find((path) => /\.tf(\.json)?$|(^|\/)(serverless|samconfig)\.(ya?ml|toml)$|(^|\/)(cdk\.json|Pulumi\.ya?ml|copilot\/[^/]+\/manifest\.ya?ml)$|(^|\/)\.ebextensions\/|\.bicep$|(^|\/)(ansible|playbooks)\/.*\.(ya?ml|j2)$|(^|\/)(dokku|kamal|coolify)[\w.-]*\.(ya?ml|json)$|(^|\/)config\/deploy\.yml$/i.test(path));
}

/** A port a compose file of production publishes on all of the host's addresses. */
export interface PublishedPort extends Evidence { readonly service: Service; readonly host: string; readonly container: string }

export function publishedPorts(project: Project): readonly PublishedPort[] {
  return productionCompose(project).flatMap((file) => file.services.flatMap((service) => service.ports.flatMap((port): PublishedPort[] => {
    const [, address, host, container] = /^(?:(\[[^\]]*\]|\d+\.[\d.]+):)?(?:(\$\{[^}]*\}|[\d-]+|\$\w+):)?(\$\{[^}]*\}|[\d-]+|\$\w+)(?:\/tcp)?$/.exec(port.text) ?? [];
    if (container === undefined || host === undefined || (address !== undefined && !/^(0\.0\.0\.0|\[::\])$/.test(address))) return [];
    return [{ path: file.path, ...port.at, text: `publishes ${port.text}`, service, host: /:-(\d+)\}$/.exec(host)?.[1] ?? host, container: /:-(\d+)\}$/.exec(container)?.[1] ?? container }];
  })));
}

import type { Command, Deployed, Edit, Kubernetes, Layer, Leaf, Mount, Project, Selector, Source, Span } from '../kit';
import { deployedServices, fileName, lineOfItem, mountsOf, replace, rule, saidOf } from '../kit';

type Grade = 'high' | 'medium' | 'low';
/** A right over the host. `because`: why it is graded lower. */
interface Right { readonly what: string; readonly at: Span; readonly grade: Grade; readonly because?: string }
/** What starts containers: a service, an object of a cluster or a command, with what it may. */
interface Holder { readonly name: string; readonly rights: readonly Right[]; readonly at: Span; readonly hardened?: string }

export default rule<Holder>({
  id: 'container-privileged',
  title: 'Containers have no host-level rights',
  severity: 'high', points: 12, confidence: 'confirmed', blocks: 'never', effort: 'M', since: '1',
  why: 'Each of these turns a hole in the application into control of the host. They are usually left from debugging.',
  how: 'Drop all capabilities and add back the one that is needed.',
  links: ['https://docs.docker.com/engine/security/', 'https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html', 'https://kubernetes.io/docs/concepts/security/pod-security-standards/'],
  anchors: ['semgrep privileged-service', 'semgrep exposing-docker-socket-volume', 'semgrep seccomp-confinement-disabled', 'checkov CKV_K8S_16', 'trivy KSV017', 'CWE-250'],

  on: holders(),
  check({ rights }) {
    const worst = worstOf(rights);
    if (!worst) return false;
    return worst.grade === 'high' ? true : { severity: worst.grade, points: worst.grade === 'medium' ? 6 : 2, because: worst.because ?? 'it reaches less of the host' };
  },
  message: ({ name, rights }) => `${name} ${[...new Set(rights.map((each) => each.what))].join(' and ')}.`,
  underline: ({ rights, at }) => worstOf(rights)?.at ?? at,
  holds: ({ name, hardened }) => hardened === undefined ? undefined : `${name}: ${hardened}`,
  nothing: 'No compose file and no manifest of a cluster starts a container.',

  fix: { title: 'Remove the right', safety: 'review', edit: ({ rights }, { source }) => removed(rights, source), remains: 'Check that the service still does its work without it.' },

  examples: () => ({
    'privileged': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    privileged: true\n    restart: always\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    restart: always\n' },
    },
    'the socket of Docker': {
      bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    volumes:\n      - data:/data\n      - /var/run/docker.sock:/var/run/docker.sock\nvolumes:\n  data:\n' },
      good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    volumes:\n      - data:/data\nvolumes:\n  data:\n' },
    },
    'several at once are one finding': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    pid: host\n    cap_add: [SYS_ADMIN]\n    security_opt: ["seccomp:unconfined"]\n' } },
    'a folder of the host': { bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    volumes: ["/etc:/host/etc"]\n' } },
    'the network of the host': { severity: 'medium', bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    network_mode: host\n' } },
    'a proxy that asks Docker': { severity: 'low', bad: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  proxy:\n    image: traefik:3.1\n    volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]\n' } },
    'an object of a cluster': { bad: { 'k8s/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: shop:1\n          securityContext:\n            privileged: true\n' } },
    'a folder of a node': { bad: { 'k8s/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: shop:1\n      volumes:\n        - name: sock\n          hostPath: {path: /var/run/docker.sock}\n' } },
    'a command of a deploy script': { bad: { 'deploy.sh': '#!/bin/sh\ndocker run -d --privileged -p 80:8000 shop:1\n' } },
    'hardened': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    read_only: true\n    cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE]\n    security_opt: ["no-new-privileges:true"]\n' } },
    'switched off': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n    privileged: false\n    network_mode: bridge\n    volumes: ["./etc:/etc/app", "/srv/data:/data", "/etc/localtime:/etc/localtime:ro", "/etc/letsencrypt:/etc/letsencrypt:ro"]\n' } },
    'a watcher of the host': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  node:\n    image: prom/node-exporter:v1.8.2\n    pid: host\n    volumes: ["/proc:/host/proc:ro", "/sys:/host/sys:ro", "/:/rootfs:ro"]\n' } },
    'a proxy for the socket': { good: { 'docker-compose.yml': 'services:\n  web:\n    build: .\n  socket:\n    image: tecnativa/docker-socket-proxy:0.2\n    volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]\n' } },
    'a file for developers': { good: { 'docker-compose.dev.yml': 'services:\n  web:\n    build: .\n    privileged: true\n' } },
    'a chart that is filled in later': { good: { 'chart/templates/web.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  template:\n    spec:\n      {{- if .Values.debug }}\n      hostNetwork: true\n      {{- end }}\n      containers:\n        - name: web\n          image: shop:1\n' } },
    'an agent on every node': { good: { 'k8s/agent.yaml': 'apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: node-exporter\nspec:\n  template:\n    spec:\n      hostNetwork: true\n      hostPID: true\n      containers:\n        - name: node-exporter\n          image: prom/node-exporter:v1.8.2\n' } },
  }),
});

const ORDER: readonly Grade[] = ['high', 'medium', 'low'];
function worstOf(rights: readonly Right[]): Right | undefined {
  return ORDER.flatMap((grade) => rights.find((each) => each.grade === grade) ?? [])[0];
}

function holders(): Selector<Holder> {
  return {
    kinds: ['compose', 'kubernetes', 'shell'], callees: [],
    *select(unit, project) {
      if (unit.kind === 'compose') yield* deployedServices(project).flatMap((each) => each.layers.filter(({ file }) => file === unit).map((layer) => holderOf(each, layer, project)));
      if (unit.role !== 'production' || !project.production.some((each) => each.path === unit.path)) return;
      if (unit.kind === 'kubernetes' && unit.whole) yield* unit.objects.filter((each) => POD.test(each.type)).map((object) => podOf(object));
      if (unit.kind === 'shell') yield* unit.commands.flatMap((command) => started(command));
    },
  };
}

/** Images that look after containers or hosts, and cannot do so without a look at them. */
const ASKS_DOCKER = /(^|\/)(traefik|nginx-proxy|docker-gen|acme-companion|letsencrypt-nginx-proxy-companion|caddy-docker-proxy|watchtower|ouroboros|diun|portainer(-ce|-ee)?|autoheal|cadvisor|dozzle|promtail|alloy|vector|agent|homepage|uptime-kuma|ofelia|docker-rollout|netdata|filebeat|fluent-bit|telegraf|glances|whats-up-docker|wud|drone-runner-docker|gitlab-runner|act_runner)([:@]|$)/;
const SOCKET_PROXY = /socket-proxy/;
const WATCHES = /(^|\/)(node[-_]exporter|cadvisor|netdata|agent|datadog-agent|telegraf|glances|process-exporter|metricbeat|filebeat|promtail|alloy|beyla|otel\w*|opentelemetry-collector\S*|crowdsec|falco)([:@]|$)/;
const CAPABILITIES = /^["']?(CAP_)?(ALL|SYS_ADMIN|SYS_MODULE|SYS_RAWIO|SYS_PTRACE|DAC_READ_SEARCH)["']?$/i;
const HOST_FOLDER = /^\/(etc|root|proc|sys|boot|dev|var\/run|run|var\/lib\/docker)?\/?$/;

/** What one file says of a service, as far as no stronger one says otherwise. */
function holderOf(deployed: Deployed, layer: Layer, project: Project): Holder {
  const image = deployed.service.image ?? '';
  const tunnel = /wireguard|openvpn|tailscale|gluetun|ipsec|zerotier/.test(image);
  const own = layer.service.entries.filter((each) => /\.\d+$/.test(each.key) || saidOf(deployed, each.key)?.service === layer.service);
  const rights = WATCHES.test(image) || SOCKET_PROXY.test(image) ? [] : [
    ...own.flatMap((each) => rightOf(each, tunnel)),
    ...mountsOf(deployed).filter((each) => each.service === layer.service).flatMap((each) => mounted(each, image, project)),
  ];
  const hardened = hardening(deployed);
  return { name: deployed.service.name, rights, at: layer.service.nameAt, ...(hardened && { hardened }) };
}

function rightOf({ key, value, at }: Leaf, tunnel: boolean): readonly Right[] {
  if (key === 'privileged' && value === 'true') return [{ what: 'is privileged', at, grade: 'high' }];
  const shared = value === 'host' ? SHARED[key] : undefined;
  if (shared) return [{ ...shared, at }];
  if (/^cap_add\.\d+$/.test(key) && CAPABILITIES.test(value) && !tunnel) return [{ what: `has the capability ${value.toUpperCase()}`, at, grade: 'high' }];
  return /^security_opt\.\d+$/.test(key) && /(seccomp|apparmor)[:=]unconfined/.test(value) ? [{ what: `runs without ${value.split(/[:=]/)[0] ?? ''}`, at, grade: 'high' }] : [];
}

const SHARED: Readonly<Record<string, Pick<Right, 'what' | 'grade'>>> = {
  pid: { what: 'shares the processes of the host', grade: 'high' }, userns_mode: { what: 'shares the users of the host', grade: 'high' },
  ipc: { what: 'shares the memory of the host', grade: 'medium' }, network_mode: { what: 'shares the network of the host', grade: 'medium' },
};

function mounted(mount: Mount, image: string, project: Project): readonly Right[] {
  const source = mount.source ?? '';
  if (/docker\.sock$/.test(source)) return [socket(mount.at, image, mount.readOnly)];
  if (!HOST_FOLDER.test(source) || project.paths.includes(source)) return [];
  return [{ what: `mounts ${source} of the host`, at: mount.at, grade: mount.readOnly ? 'medium' : 'high', because: 'it can only read it' }];
}

function socket(at: Span, image: string, readOnly: boolean): Right {
  if (!ASKS_DOCKER.test(image)) return { what: 'may start any container through the socket of Docker', at, grade: 'high' };
  return { what: `asks Docker through its socket${readOnly ? '' : ', and may change it'}`, at, grade: readOnly ? 'low' : 'medium', because: 'the image does its work with it' };
}

function hardening(deployed: Deployed): string | undefined {
  const { entries } = deployed.service;
  const words = [
    entries.some((each) => /^cap_drop\.\d+$/.test(each.key) && /^all$/i.test(each.value)) ? 'drops all capabilities' : undefined,
    entries.some((each) => /^security_opt\.\d+$/.test(each.key) && /no-new-privileges([:=]true)?$/.test(each.value)) ? 'gains no new ones' : undefined,
    saidOf(deployed, 'read_only')?.value === 'true' ? 'cannot change its files' : undefined,
  ].filter((each) => each !== undefined);
  return words.length > 0 ? words.join(', ') : undefined;
}

// ---- clusters and commands

const POD = /^(Deployment|StatefulSet|DaemonSet|Pod|ReplicaSet|CronJob|Job|Rollout)$/;

function podOf({ type, name, entries, at }: Kubernetes['objects'][number]): Holder {
  const images = entries.filter((each) => /containers\.\d+\.image$/.test(each.key)).map((each) => each.value);
  const watches = images.length > 0 && images.every((each) => WATCHES.test(each));
  const rights = watches ? [] : entries.flatMap((each) => podRight(each));
  const plain = entries.find((each) => /capabilities\.drop\.\d+$/.test(each.key) && /^all$/i.test(each.value));
  return { name: name || type, rights, at: { start: at.start, end: Math.min(at.end, at.start + 10) }, ...(plain && { hardened: 'drops all capabilities' }) };
}

function podRight({ key, value, at }: Leaf): readonly Right[] {
  if (/securityContext\.privileged$/.test(key) && value === 'true') return [{ what: 'is privileged', at, grade: 'high' }];
  if (/(^|\.)spec\.host(PID|IPC)$/.test(key) && value === 'true') return [{ what: 'shares the processes of its node', at, grade: 'high' }];
  if (/(^|\.)spec\.hostNetwork$/.test(key) && value === 'true') return [{ what: 'shares the network of its node', at, grade: 'medium' }];
  if (/capabilities\.add\.\d+$/.test(key) && CAPABILITIES.test(value)) return [{ what: `has the capability ${value}`, at, grade: 'high' }];
  if (/hostPath\.path$/.test(key) && (HOST_FOLDER.test(value) || /docker\.sock$|containerd\.sock$/.test(value))) return [{ what: `mounts ${value} of its node`, at, grade: 'high' }];
  return [];
}

/** `docker run --privileged`, `docker run -v /var/run/docker.sock:…`. */
function started({ words, wordsAt, at }: Command): readonly Holder[] {
  const run = words.findIndex((word, index) => word === 'run' && /^(docker|podman)$/.test(fileName(words[index - 1] ?? '')));
  if (run < 0) return [];
  const rights = words.slice(run).flatMap((word, index): readonly Right[] => {
    const place = wordsAt[run + index] ?? at;
    if (word === '--privileged' || word === '--privileged=true') return [{ what: 'is privileged', at: place, grade: 'high' }];
    if (/^(--pid|--userns)=host$/.test(word)) return [{ what: 'shares the processes of the host', at: place, grade: 'high' }];
    if (/^--cap-add[= ]?/.test(word) && CAPABILITIES.test(word.split('=')[1] ?? words[run + index + 1] ?? '')) return [{ what: 'has rights over the whole host', at: place, grade: 'high' }];
    return [];
  });
  return rights.length > 0 ? [{ name: `What ${words.slice(run - 1, run + 1).join(' ')} starts`, rights, at }] : [];
}

/** Lines that grant a right, where each stands on a line of its own. */
function removed(rights: readonly Right[], source: Source): readonly Edit[] | undefined {
  const edits = rights.map((each) => lineOfItem(each.at, source));
  const found = edits.filter((each): each is Edit => each !== undefined);
  if (found.length !== rights.length) return undefined;
  // An item that was the only one of its list would leave a key without a value.
  const emptied = found.some((edit) => /^[ \t]*-/.test(source.slice(edit)) && isOnlyItem(edit, source));
  return emptied ? undefined : found.map((edit) => replace(edit, ''));
}

function isOnlyItem(edit: Edit, source: Source): boolean {
  const before = source.slice({ start: source.lineStart(Math.max(edit.start - 1, 0)), end: edit.start });
  const after = source.slice({ start: edit.end, end: source.lineEnd(edit.end) });
  return !/^[ \t]*-/.test(before) && !/^[ \t]*-/.test(after);
}

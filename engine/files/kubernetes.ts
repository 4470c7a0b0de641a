/** Kubernetes objects: every document of a YAML file that says what it is. */
import type { Kubernetes } from '../../rules/kit';
import { lineComments } from './comments';
import { head } from './head';
import type { Tree } from './tree';
import { get, items, leaves, scalar } from './tree';
import { parseYaml } from './yaml';

/** Whether a YAML text describes Kubernetes objects: each names its API and its kind. */
export function isKubernetes(text: string): boolean {
  return /^["']?apiVersion["']?[ \t]*:/m.test(text) && /^["']?kind["']?[ \t]*:/m.test(text);
}

export function readKubernetes(path: string, text: string): Kubernetes {
  const { roots, whole } = parseYaml(text);
  const objects = roots.flatMap((root) => (scalar(root, 'kind')?.text.endsWith('List') ? [root, ...items(get(root, 'items'))] : [root]));
  return {
    kind: 'kubernetes', ...head(path, text, whole, lineComments(text)),
    objects: objects.flatMap((object) => objectOf(object)),
  };
}

function objectOf(object: Tree): Kubernetes['objects'] {
  const type = scalar(object, 'kind')?.text;
  if (!type || type.endsWith('List')) return [];
  return [{ type, name: scalar(object, 'metadata', 'name')?.text ?? '', entries: leaves(object), at: object.at }];
}

/** Whether a rule id is meant by a pattern of ids, where `*` stands for anything: `csrf-*`. */
export function isMeant(id: string, pattern: string): boolean {
  if (!pattern.includes('*')) return id === pattern;
  return new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(id);
}

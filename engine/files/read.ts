import { readDockerfile } from './dockerfile';
export function readUnit(path: string, text: string) { return readDockerfile(path, text); }

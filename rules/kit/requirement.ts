/** The edit that adds a package to the project's requirements. */
import type { Edit } from './fix';
import { insert } from './fix';
import type { Project } from './project';

/** Appends `line` (`Flask-Limiter>=3.5`) to the requirements file production installs; nothing when the package is declared, or only a format with tables of its own is there. */
export function requiring(project: Project, name: string, line: string): readonly Edit[] {
  if (project.declares(name)) return [];
  const files = project.of('manifest').filter((each) => each.format === 'requirements' && each.role === 'production' && !project.developmentName(each.path));
  const file = files.find((each) => each.path === 'requirements.txt') ?? files[0];
  const text = file && project.text(file.path);
  if (!file || text === undefined) return [];
  return [{ ...insert(text.length, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`), path: file.path }];
}

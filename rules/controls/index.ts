import type { Control } from '../kit';
import { auth } from './auth';
import { configuration } from './configuration';
import { data } from './data';
import { dependencies } from './dependencies';
import { deployment } from './deployment';
import { documentation } from './documentation';
import { frontend } from './frontend';
import { integrations } from './integrations';
import { observability } from './observability';
import { performance } from './performance';
import { security } from './security';
import { testing } from './testing';

/** Every control, by category. */
export const controls: readonly Control[] = [
  ...security,
  ...configuration,
  ...auth,
  ...data,
  ...deployment,
  ...observability,
  ...testing,
  ...performance,
  ...dependencies,
  ...documentation,
  ...integrations,
  ...frontend,
];

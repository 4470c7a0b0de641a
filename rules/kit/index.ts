/** Everything a rule may know. Rules import from here and from nowhere else. */
export * from './files';
export * from './fix';
export * from './grading';
export * from './module';
export * from './place';
export * from './project';
export * from './rule';
export * from './select';
export * from './unset';
export * from './value';
export * from './environment';
export * from './secret';
export * from './standing';
export * from './signing-key';
export * from './reading';
export * from './logger';
